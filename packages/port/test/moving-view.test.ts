import { NotRunningError, type Room } from '@hearsay/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connectCluster } from '../src/index.ts'
import { type MovingView, ViewBench } from './view-bench.ts'

let bench: ViewBench
let view: MovingView
beforeEach(async () => {
  bench = new ViewBench()
  await bench.run(1_000)
  view = await bench.movingView()
})
afterEach(() => bench.close())

/** Moves the view to another port of the same member. */
const move = async () => {
  await view.detach()
  await view.attach(bench.member)
}

const textOf = (room: Room): string => room.doc.getText('text').toString()

describe('a view that moves to another port', () => {
  it('keeps the objects that did not change, and emits no event for members that it knows', async () => {
    const { cluster } = view
    const events: string[] = []
    for (const type of ['join', 'update', 'suspect', 'recover', 'fail', 'leave'] as const)
      cluster.events.addEventListener(type, ({ detail }) => events.push(`${type} ${detail.name}`))
    const before = cluster.members.getSnapshot()
    const sizes = new Set<number>()
    cluster.members.subscribe(() => sizes.add(cluster.members.getSnapshot().length))
    await view.detach()
    expect(cluster.members.getSnapshot()).toBe(before)
    bench.other('m1').update({ name: 'grace' })
    await bench.run(5_000)
    await view.attach(bench.member)
    const after = cluster.members.getSnapshot()
    expect(after).toEqual(bench.member.members.getSnapshot())
    for (const id of ['m0', 'm2'].map(name => bench.other(name).self.id)) {
      const find = (list: typeof after) => list.find(each => each.id === id)
      expect(find(after)).toBe(find(before))
    }
    expect(sizes).toEqual(new Set([3]))
    expect(events).toEqual([])
    bench.other('m1').update({ name: 'hopper' })
    await bench.run(5_000)
    expect(events).toEqual(['update hopper'])
  })

  it('reports a member that left in the meantime, once', async () => {
    const left = vi.fn()
    view.cluster.events.addEventListener('leave', ({ detail }) => left(detail.id))
    const { id } = bench.other('m2').self
    await view.detach()
    const leaving = bench.other('m2').leave()
    await bench.run(5_000)
    await leaving
    await view.attach(bench.member)
    await bench.run(5_000)
    expect(left.mock.calls).toEqual([[id]])
  })

  it('enters a private room again', async () => {
    const secret = 'a secret of sixteen or more characters'
    const room = await view.cluster.room('design', { secret })
    const other = await bench.other().room('design', { secret })
    await view.detach()
    room.presence.set({ name: 'ada' })
    await view.attach(bench.member)
    await bench.run(5_000)
    expect(other.presence.others.getSnapshot()).toMatchObject([{ views: [{ presence: { name: 'ada' } }] }])
  })

  it('enters its rooms again with its presence, as the same view', async () => {
    const room = await view.cluster.room('design')
    const other = await bench.other().room('design')
    room.presence.set({ name: 'ada', cursor: 1 })
    other.presence.set({ name: 'grace' })
    await bench.run(5_000)
    const updated = vi.fn()
    room.presence.events.addEventListener('update', updated)
    const [before] = room.presence.others.getSnapshot()
    await view.detach()
    expect(room.presence.others.getSnapshot()[0]).toBe(before)
    room.presence.set({ cursor: 2 })
    await view.attach(bench.member)
    await bench.run(5_000)
    expect(room.presence.others.getSnapshot()[0]).toBe(before)
    expect(updated).not.toHaveBeenCalled()
    expect(other.presence.others.getSnapshot()).toMatchObject([
      { views: [{ id: 'moving', presence: { name: 'ada', cursor: 2 } }] },
    ])
    other.presence.set({ name: 'hopper' })
    await bench.run(5_000)
    expect(updated).toHaveBeenCalledOnce()
    expect(room.presence.others.getSnapshot()[0]?.presence).toEqual({ name: 'hopper' })
  })

  it('keeps the edits of both sides', async () => {
    const room = await view.cluster.room('design')
    const other = await bench.other().room('design')
    expect(textOf(other)).toBe('')
    room.doc.getText('text').insert(0, 'a')
    await bench.run(5_000)
    await view.detach()
    room.doc.getText('text').insert(1, 'b')
    other.doc.getText('text').insert(0, 'c')
    await bench.run(5_000)
    expect([textOf(room), textOf(other)]).toEqual(['ab', 'ca'])
    await view.attach(bench.member)
    await bench.run(5_000)
    expect([textOf(room), textOf(other)]).toEqual(['cab', 'cab'])
    room.doc.getText('text').insert(3, 'd')
    await bench.run(5_000)
    expect(textOf(other)).toBe('cabd')
    await room.provider.stored()
  })

  it('opens documents and rooms that the app opened while it was detached', async () => {
    const room = await view.cluster.room('design')
    const other = await bench.other().room('design')
    await view.detach()
    const opened = view.cluster.room('another')
    room.document('notes').doc.getText('text').insert(0, 'a')
    await view.attach(bench.member)
    expect((await opened).name).toBe('another')
    const notes = other.document('notes')
    await bench.run(10_000)
    expect(notes.doc.getText('text').toString()).toBe('a')
  })

  it('shows its caret again', async () => {
    const room = await view.cluster.room('design')
    const other = await bench.other().room('design')
    const carets = () => [...other.awareness.getStates().values()].flatMap(({ user }) => user ?? [])
    room.awareness.setLocalStateField('user', 'ada')
    await bench.run(5_000)
    expect(carets()).toEqual(['ada'])
    await move()
    await bench.run(5_000)
    expect(carets()).toEqual(['ada'])
  })

  it('opens its configs again, and repeats what it wrote meanwhile', async () => {
    const config = await view.cluster.config('flags')
    await config.set('color', { name: 'red' })
    const [color, changed] = [config.get('color'), vi.fn()]
    config.events.addEventListener('change', ({ detail: { key } }) => changed(key))
    await view.detach()
    const written = config.set('size', 12)
    await view.attach(bench.member)
    await written
    expect(config.entries.getSnapshot()).toEqual({ color: { name: 'red' }, size: 12 })
    expect(config.get('color')).toBe(color)
    expect(changed.mock.calls).toEqual([['size']])
    const other = await bench.other().config('flags')
    await bench.run(5_000)
    expect(other.entries.getSnapshot()).toEqual({ color: { name: 'red' }, size: 12 })
  })

  it('answers queries over each port, and reports a query that may be lost', async () => {
    const { cluster } = view
    const names: unknown[] = []
    cluster.answer('name', (_, { from }) => {
      names.push(from)
      return 'the view'
    })
    const { id } = bench.member.self
    const ask = () => bench.settled(bench.other().query('name', null, { to: id }))
    await bench.crossed()
    expect((await ask()).answers).toEqual([{ from: id, value: 'the view' }])
    bench.member.answer('slow', () => new Promise(() => {}))
    const lost = cluster.query('slow', null, { to: id })
    const rejected = expect(lost).rejects.toThrow('query: the member moved, and this may be lost')
    await bench.crossed()
    await view.detach()
    await rejected
    expect((await ask()).failures).toEqual([{ from: id, reason: 'no-handler' }])
    const waits = cluster.query('name', null, { to: id })
    await view.attach(bench.member)
    expect((await bench.settled(waits)).answers).toEqual([{ from: id, value: 'the view' }])
    expect(names).toEqual([bench.other().self.id, id])
  })

  it('repeats calls that were open, sends waiting broadcasts, and reports one that may be lost', async () => {
    const room = await view.cluster.room('design')
    const other = await bench.other().room('design')
    await bench.run(5_000)
    const received = vi.fn()
    other.events.addEventListener('event', ({ detail: { value } }) => received(value))
    const reportError = vi.fn()
    vi.stubGlobal('reportError', reportError)
    const explained = view.cluster.explain(bench.other().self.id)
    room.broadcast('perhaps')
    await view.detach()
    room.broadcast('waits')
    await view.attach(bench.member)
    await bench.run(5_000)
    expect((await explained).status).toBe('alive')
    expect(received).toHaveBeenLastCalledWith('waits')
    expect(reportError).toHaveBeenCalledWith(
      expect.objectContaining({
        message: expect.stringMatching(/^broadcast: the member moved, and this may be lost/),
      }),
    )
    vi.unstubAllGlobals()
  })

  it('that ends while it is detached keeps its members, and has left', async () => {
    const before = view.cluster.members.getSnapshot()
    const { self } = view.cluster
    await view.detach()
    await view.cluster.leave()
    expect(view.cluster.self).toEqual({ ...self, status: 'left' })
    expect(view.cluster.members.getSnapshot()).toHaveLength(before.length)
  })

  it('may move to another member, which it then shows as itself', async () => {
    const room = await view.cluster.room('design')
    room.presence.set({ name: 'ada' })
    await bench.run(1_000)
    await view.detach()
    await view.attach(bench.other())
    await bench.run(5_000)
    expect(view.cluster.self.id).toBe(bench.other().self.id)
    expect(view.cluster.members.getSnapshot()).toHaveLength(3)
  })

  it('ends when no further port can be opened, or when the member closes it', async () => {
    const { cluster, served } = await bench.view()
    served.close()
    await vi.waitUntil(() => cluster.self.status === 'left', { timeout: 20_000 })
    await expect(connectCluster(async () => Promise.reject(new Error('no port')))).rejects.toThrow('no port')
    expect(() => cluster.update({ name: 'x' })).toThrow(NotRunningError)
  })
})
