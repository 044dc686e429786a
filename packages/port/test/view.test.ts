import { type Json, NotRunningError, type Room } from '@hearsay/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ViewBench } from './view-bench.ts'

type Fields = Record<string, Json>

let bench: ViewBench
beforeEach(async () => {
  bench = new ViewBench()
  await bench.run(1_000)
})
afterEach(() => bench.close())

describe('the views of a member', () => {
  /** What the member announced about the visibility of its views. */
  let announced: unknown[]
  /** Opens a view in a page with this visibility. */
  async function open(isHidden: boolean | undefined) {
    const page = isHidden === undefined ? undefined : Object.assign(new EventTarget(), { hidden: isHidden })
    vi.stubGlobal('document', page)
    const opened = await bench.view()
    await bench.crossed()
    return {
      ...opened,
      async become(hidden: boolean) {
        Object.assign(page ?? {}, { hidden })
        vi.stubGlobal('document', page)
        page?.dispatchEvent(new Event('visibilitychange'))
        await bench.crossed()
      },
    }
  }

  beforeEach(() => {
    announced = []
    vi.spyOn(bench.member, 'update').mockImplementation(change => {
      announced.push(change.hasVisibleView)
    })
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  it('make it announce whether any of them is visible, once for each change', async () => {
    const first = await open(true)
    const second = await open(true)
    expect(announced).toEqual([])
    await first.become(false)
    await second.become(false)
    await first.become(true)
    expect(announced).toEqual([true])
    await second.become(true)
    await second.become(false)
    expect(announced).toEqual([true, false, true])
  })

  it('count only while they are open, and only if they have a page', async () => {
    await open(undefined)
    expect(announced).toEqual([])
    const { served } = await open(false)
    const { cluster } = await open(false)
    served.close()
    await bench.crossed()
    expect(announced).toEqual([true])
    await cluster.leave()
    await bench.crossed()
    expect(announced).toEqual([true, false])
  })

  it('are served although the member cannot announce anything', async () => {
    vi.mocked(bench.member.update).mockImplementation(() => {
      throw new NotRunningError('the cluster was left: join again')
    })
    const { cluster } = await open(false)
    expect(cluster.members.getSnapshot()).toHaveLength(3)
  })
})

describe('a view', () => {
  it('shows the members and their changes, and keeps the objects of members that did not change', async () => {
    const { cluster } = await bench.view()
    expect(cluster.name).toBe(bench.member.name)
    expect(cluster.members.getSnapshot()).toEqual(bench.member.members.getSnapshot())
    expect(cluster.self).toEqual(bench.member.self)
    const before = cluster.members.getSnapshot()
    const listener = vi.fn()
    cluster.members.subscribe(listener)
    bench.other('m1').update({ name: 'grace' })
    await bench.run(5_000)
    const after = cluster.members.getSnapshot()
    expect(after).toEqual(bench.member.members.getSnapshot())
    expect(listener).toHaveBeenCalledOnce()
    const { id } = bench.other('m2').self
    const find = (list: typeof after) => list.find(each => each.id === id)
    expect(find(after)).toBe(find(before))
  })

  it('receives events after its stores have changed', async () => {
    const { cluster } = await bench.view()
    const seen: unknown[] = []
    cluster.events.addEventListener('leave', ({ detail }) => {
      const shown = cluster.members.getSnapshot().find(({ id }) => id === detail.id)
      seen.push([detail.status, shown?.status])
    })
    const leaving = bench.other('m2').leave()
    await bench.run(5_000)
    await leaving
    expect(seen).toEqual([['left', 'left']])
  })

  it('changes the member, and refuses a wrong value at once', async () => {
    const { cluster } = await bench.view()
    expect(() => cluster.update({ name: 'x'.repeat(200) })).toThrow(/128 bytes/)
    cluster.update({ tags: { role: 'window' } })
    await bench.run(1_000)
    expect(bench.member.self.tags).toEqual({ role: 'window' })
    expect(cluster.self.tags).toEqual({ role: 'window' })
  })

  it('explains a member, and shows heartbeats and health', async () => {
    const { cluster } = await bench.view()
    const { id } = bench.other('m1').self
    expect(await cluster.explain(id)).toEqual(await bench.member.explain(id))
    await expect(cluster.explain(5 as never)).rejects.toThrow(/explain: give a member id/)
    expect(cluster.health.getSnapshot().visible).toBe(3)
    expect(cluster.heartbeats.getSnapshot().size).toBe(0)
    cluster.heartbeats.subscribe(() => {})
    await bench.run(3_000)
    await bench.run(0)
    expect(cluster.heartbeats.getSnapshot().size).toBeGreaterThan(0)
  })

  it('that leaves ends only itself', async () => {
    const { cluster } = await bench.view()
    await cluster.leave()
    expect(bench.member.self.status).toBe('alive')
    expect(() => cluster.update({ name: 'x' })).toThrow(/left/)
  })
})

describe('a view whose port has closed', () => {
  it('keeps its last values, has left, and settles all calls', async () => {
    const { cluster, served } = await bench.view()
    const room = await cluster.room('design')
    const { id } = bench.other('m1').self
    room.doc.getText('text').insert(0, 'not sent any more')
    const explained = cluster.explain(id)
    const entered = cluster.room('another')
    served.close()
    const settled = await Promise.allSettled([explained, entered, room.provider.stored()])
    for (const { status } of settled) expect(['fulfilled', 'rejected']).toContain(status)
    await vi.waitUntil(() => cluster.self.status === 'left', { timeout: 20_000 })
    expect(cluster.members.getSnapshot()).toHaveLength(3)
    expect(() => cluster.update({ name: 'x' })).toThrow(/the view has ended: the member closed this view/)
    await expect(cluster.explain(id)).rejects.toThrow(NotRunningError)
    await expect(room.provider.stored()).rejects.toThrow(NotRunningError)
    expect(room.doc.getText('text').toString()).toBe('not sent any more')
  })
})

describe('a view whose member has left', () => {
  it('ends: its documents are disconnected, and all calls throw', async () => {
    const { cluster } = await bench.view()
    const room = await cluster.room<Fields>('design')
    const config = await cluster.config('flags')
    await vi.waitUntil(() => room.provider.status === 'connected')
    const { member } = bench
    const left = member.leave()
    await bench.run(5_000)
    await left
    await vi.waitUntil(() => room.provider.status === 'disconnected', { timeout: 20_000 })
    expect(room.provider.synced).toBe(false)
    expect(cluster.self.status).toBe('left')
    expect(() => room.presence.set({ cursor: 1 })).toThrow(NotRunningError)
    expect(() => cluster.update({ name: 'x' })).toThrow(/the member has left the cluster/)
    await expect(config.synced()).rejects.toThrow(NotRunningError)
    await expect(room.provider.stored()).rejects.toThrow(NotRunningError)
    await expect(bench.view(undefined, member)).rejects.toThrow(/the member has left the cluster/)
  })

  it('has the answer to its own call of leave', async () => {
    const { member } = bench
    const { cluster } = await bench.view({ leave: true })
    const left = cluster.leave()
    await bench.run(5_000)
    await left
    expect(member.self.status).toBe('left')
  })
})

describe('a view in a room', () => {
  const presenceAt = (room: Room<Fields>): unknown =>
    room.presence.others.getSnapshot().map(({ presence }) => presence)

  it('shares its presence, and sees that of other members field by field', async () => {
    const { cluster } = await bench.view()
    const room = await cluster.room<Fields>('design')
    const other = await bench.other().room<Fields>('design')
    room.presence.set({ cursor: { x: 1 } })
    other.presence.set({ cursor: { x: 2 }, name: 'grace' })
    await bench.run(5_000)
    expect(presenceAt(other)).toEqual([{ cursor: { x: 1 } }])
    expect(presenceAt(room)).toEqual([{ cursor: { x: 2 }, name: 'grace' }])
    expect(room.members.getSnapshot().map(({ id }) => id)).toEqual(
      [cluster.self.id, bench.other().self.id].sort(),
    )
  })

  it('leaves its presence to the other views, and the room with the last view', async () => {
    const first = await (await bench.view()).cluster.room<Fields>('design')
    const second = await (await bench.view()).cluster.room<Fields>('design')
    const other = await bench.other().room<Fields>('design')
    first.presence.set({ name: 'ada', cursor: 1 })
    await bench.run(1_000)
    second.presence.set({ cursor: 2 })
    await bench.run(5_000)
    expect(presenceAt(other)).toEqual([{ name: 'ada', cursor: 2 }])
    second.leave()
    await bench.run(5_000)
    expect(presenceAt(other)).toEqual([{ name: 'ada', cursor: 1 }])
    first.leave()
    await bench.run(60_000)
    expect(other.members.getSnapshot()).toHaveLength(1)
  })

  it.each([
    ['before', 'after'],
    ['after', 'before'],
  ])('leaves the room to the app of the member, which entered it %s the view', async when => {
    const enter = () => bench.member.room<Fields>('design')
    const before = when === 'before' ? await enter() : undefined
    const view = await (await bench.view()).cluster.room<Fields>('design')
    const own = before ?? (await enter())
    const other = await bench.other().room<Fields>('design')
    own.presence.set({ name: 'ada' })
    view.presence.set({ cursor: 1 })
    await bench.run(5_000)
    expect(presenceAt(other)).toEqual([{ name: 'ada', cursor: 1 }])
    view.leave()
    await bench.run(60_000)
    expect(presenceAt(other)).toEqual([{ name: 'ada' }])
    own.presence.set({ name: 'grace' })
    await bench.run(5_000)
    expect(presenceAt(other)).toEqual([{ name: 'grace' }])
  })

  it('stays in the room that the app of the member leaves, until the last view leaves it', async () => {
    const [a, b] = [await bench.view(), await bench.view()]
    const first = await a.cluster.room<Fields>('design')
    const own = await bench.member.room<Fields>('design')
    const other = await bench.other().room<Fields>('design')
    own.presence.set({ name: 'ada' })
    own.awareness.setLocalState({ name: 'ada' })
    first.presence.set({ cursor: 1 })
    await bench.run(5_000)
    expect(presenceAt(other)).toEqual([{ name: 'ada', cursor: 1 }])
    expect(other.awareness.getStates().size).toBe(2)
    own.leave()
    await bench.run(60_000)
    expect(presenceAt(other)).toEqual([{ cursor: 1 }])
    expect(other.awareness.getStates().size).toBe(1)
    // A new view gets the same room, and so does the app if it enters the room again.
    const second = await b.cluster.room<Fields>('design')
    const again = await bench.member.room<Fields>('design')
    second.presence.set({ cursor: 2 })
    again.presence.set({ name: 'grace' })
    first.leave()
    await bench.run(5_000)
    expect(presenceAt(other)).toEqual([{ name: 'grace', cursor: 2 }])
    again.leave()
    second.leave()
    await bench.run(60_000)
    expect(other.members.getSnapshot()).toHaveLength(1)
  })

  it('shows other members one member with its views, of which the focused one wins', async () => {
    const [a, b] = [await bench.view(), await bench.view()]
    const first = await a.cluster.room<Fields>('design')
    const second = await b.cluster.room<Fields>('design')
    const other = await bench.other().room<Fields>('design')
    first.presence.set({ name: 'ada', cursor: 1 })
    second.presence.set({ cursor: 2 })
    await bench.run(5_000)
    const [shown] = other.presence.others.getSnapshot()
    expect(shown?.presence).toEqual({ name: 'ada', cursor: 2 })
    expect(shown?.views.map(({ presence }) => presence)).toEqual([{ name: 'ada', cursor: 1 }, { cursor: 2 }])
    const focused = a.cluster as unknown as { focus(): void }
    focused.focus()
    await bench.run(5_000)
    expect(presenceAt(other)).toEqual([{ name: 'ada', cursor: 1 }])
    // A view of another member's process sees the same, and keeps the objects that did not change.
    const viewed = await (await bench.view({ rooms: { '*': 'read' } }, bench.other())).cluster.room('design')
    await bench.run(1_000)
    const [before] = viewed.presence.others.getSnapshot()
    expect(before).toEqual(other.presence.others.getSnapshot()[0])
    second.presence.set({ cursor: 3 })
    await bench.run(5_000)
    const [after] = viewed.presence.others.getSnapshot()
    expect(after?.views[1]?.presence).toEqual({ cursor: 3 })
    expect(after?.views[0]).toBe(before?.views[0])
    expect(after?.presence).toBe(before?.presence)
  })

  it('that opens after the clock was set back has the focus', async () => {
    const a = await bench.view()
    const first = await a.cluster.room<Fields>('design')
    const other = await bench.other().room<Fields>('design')
    first.presence.set({ cursor: 1 })
    await bench.run(1_000)
    const setBackMs = Date.now() - 3 * 3_600_000
    const now = vi.spyOn(Date, 'now').mockReturnValue(setBackMs)
    const b = await bench.view()
    const second = await b.cluster.room<Fields>('design')
    second.presence.set({ cursor: 2 })
    await bench.run(5_000)
    now.mockRestore()
    expect(presenceAt(other)).toEqual([{ cursor: 2 }])
  })

  it('sends and receives broadcasts', async () => {
    const { cluster } = await bench.view()
    const room = await cluster.room('design')
    const other = await bench.other().room('design')
    const received: unknown[] = []
    for (const each of [room, other])
      each.events.addEventListener('event', ({ detail: { value } }) => received.push(value))
    await bench.run(5_000)
    room.broadcast('from the view')
    await bench.run(1_000)
    other.broadcast('to the view')
    await bench.run(1_000)
    expect(received).toEqual(['from the view', 'to the view'])
  })
})

describe('a view in a private room', () => {
  const secret = 'a secret of sixteen or more characters'

  it('is in the room of the members with the same secret, and not in the room without one', async () => {
    const { cluster } = await bench.view()
    const room = await cluster.room<Fields>('design', { secret })
    const inside = await bench.other().room('design', { secret })
    const outside = await bench.other('m2').room('design')
    for (const each of [inside, outside]) each.doc.getText('text')
    room.presence.set({ name: 'ada' })
    room.doc.getText('text').insert(0, 'hello')
    await bench.run(5_000)
    expect(inside.presence.others.getSnapshot()).toMatchObject([{ views: [{ presence: { name: 'ada' } }] }])
    expect(inside.doc.getText('text').toString()).toBe('hello')
    expect(outside.members.getSnapshot()).toHaveLength(1)
    expect(outside.doc.getText('text').toString()).toBe('')
  })

  it('has to leave it before it enters another room of the same name, as all views of the member', async () => {
    const [first, second] = [await bench.view(), await bench.view()]
    const room = await first.cluster.room('design', { secret })
    expect(await first.cluster.room('design', { secret })).toBe(room)
    const error = "room: 'design' is open with other options. Leave it first"
    for (const { cluster } of [first, second])
      for (const options of [{}, { secret: `${secret}!` }])
        await expect(cluster.room('design', options)).rejects.toThrow(error)
    const again = await second.cluster.room('design', { secret: Buffer.from(secret) })
    expect(again.members.getSnapshot()).toHaveLength(1)
    await expect(first.cluster.room('x', { secret: 'short' })).rejects.toThrow(
      /^room: secret: the secret is too short: give 16 to 1,024/,
    )
  })
})

describe('a view with few rights', () => {
  it('is refused what it may not do, with a clear error', async () => {
    const { cluster, served } = await bench.view({ update: false, rooms: { 'notes/*': 'read' } })
    expect(() => cluster.update({ name: 'x' })).toThrow(/this view may not do that/)
    await expect(cluster.room('design')).rejects.toThrow(/room 'design': this view may not do that/)
    const room = await cluster.room<Fields>('notes/1')
    expect(() => room.presence.set({ cursor: 1 })).toThrow(/presence in room 'notes\/1': this view may not/)
    expect(() => room.broadcast(1)).toThrow(/broadcast in room/)
    expect(served.refusedCalls).toBe(1)
  })
})
