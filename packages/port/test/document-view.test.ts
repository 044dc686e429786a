import { InvalidValueError, NotAllowedError, NotRunningError, type Room } from '@hearsay/core'
import { limits } from '@hearsay/core/app'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as Y from 'yjs'
import { ViewBench } from './view-bench.ts'

let bench: ViewBench
beforeEach(async () => {
  bench = new ViewBench()
  await bench.run(1_000)
})
afterEach(() => bench.close())

const textOf = (room: Room): string => room.doc.getText('text').toString()

/** The room in a new view. */
const inView = async (name = 'design'): Promise<Room> => (await bench.view()).cluster.room(name)

describe('a document in a view', () => {
  it('is the same as at the member and at other members, in both directions', async () => {
    const other = await bench.other().room('design')
    other.doc.getText('text').insert(0, 'from the other')
    await bench.run(5_000)
    const room = await inView()
    room.doc.getText('text').insert(0, '')
    await bench.run(5_000)
    expect(textOf(room)).toBe('from the other')
    expect(room.provider.synced).toBe(true)
    room.doc.getText('text').insert(0, 'from the view, ')
    await bench.run(5_000)
    expect(textOf(other)).toBe('from the view, from the other')
  })

  it('has the same text as at the member if the app inserts half of a surrogate pair', async () => {
    vi.stubGlobal('reportError', () => {})
    const other = await bench.other().room('design')
    const room = await inView()
    expect(textOf(other)).toBe(textOf(room))
    await bench.run(5_000)
    for (const half of ['\ud83d', '\ude00']) {
      room.doc.getText('text').insert(0, half)
      await bench.run(5_000)
    }
    vi.unstubAllGlobals()
    expect(textOf(room)).toBe('\ufffd\ufffd')
    expect(textOf(other)).toBe(textOf(room))
  })

  it('is closed at the member when the last view closes it, unless the app has it open', async () => {
    const [a, b] = [await inView(), await inView()]
    const own = await bench.member.room('design')
    for (let opened = 0; opened < 2 * limits.maxDocuments; opened++) {
      const { doc, provider } = a.document(`page ${opened}`)
      doc.getText('text').insert(0, 'x')
      if (opened % 16 === 0) await bench.crossed()
      provider.destroy()
    }
    const page = a.document('page')
    page.doc.getText('text').insert(0, 'x')
    b.document('page')
    await bench.run(5_000)
    page.provider.destroy()
    await bench.crossed()
    expect(b.document('page').provider.status).toBe('connected')
    const { doc, provider } = own.document('page')
    b.document('page').provider.destroy()
    await bench.crossed()
    expect(provider.status).toBe('connected')
    expect(doc.getText('text').toString()).toBe('x')
  })

  it('has its content again when a view opens it after the last view closed it', async () => {
    const room = await inView()
    const { doc, provider } = room.document('page')
    doc.getText('text').insert(0, 'x')
    provider.destroy()
    await bench.run(5_000)
    const { doc: again } = room.document('page')
    await bench.run(5_000)
    expect(again.getText('text').toString()).toBe('x')
  })

  it('is not synced while the document of the member is disconnected', async () => {
    const room = await inView()
    const own = await bench.member.room('design')
    expect(textOf(room)).toBe('')
    await bench.run(5_000)
    expect(room.provider.synced).toBe(true)
    own.provider.disconnect()
    await bench.crossed()
    expect(room.provider.synced).toBe(false)
    own.provider.connect()
    await bench.run(5_000)
    expect(room.provider.synced).toBe(true)
  })

  it('is shared by two views without a network, and edits are not echoed', async () => {
    const [a, b] = [await inView(), await inView()]
    expect([a.provider.status, b.provider.status]).toEqual(['connected', 'connected'])
    await bench.run(2_000)
    const echoed = vi.fn()
    a.doc.on('update', (_: Uint8Array, origin: unknown) => origin === a.provider && echoed())
    a.doc.getText('text').insert(0, 'hello')
    await bench.crossed()
    await bench.crossed()
    expect(textOf(b)).toBe('hello')
    expect(echoed).not.toHaveBeenCalled()
  })

  it('merges edits that were made before it was open at the member', async () => {
    const other = await bench.other().room('design')
    other.doc.getText('text').insert(0, 'b')
    await bench.run(5_000)
    const room = await inView()
    room.doc.getText('text').insert(0, 'a')
    await bench.run(5_000)
    expect(textOf(room)).toHaveLength(2)
    expect(textOf(other)).toBe(textOf(room))
  })

  it('keeps edits that were made while it was disconnected, and sends those before', async () => {
    const room = await inView()
    const other = await bench.other().room('design')
    expect(textOf(other)).toBe('')
    room.doc.getText('text').insert(0, 'a')
    room.provider.disconnect()
    await bench.run(5_000)
    expect(textOf(other)).toBe('a')
    room.doc.getText('text').insert(1, 'b')
    await bench.run(5_000)
    expect(textOf(other)).toBe('a')
    room.provider.connect()
    await bench.run(5_000)
    expect(textOf(other)).toBe('ab')
  })

  it('is seeded once, also if two views and a member without views seed it', async () => {
    const seed = (doc: Y.Doc) => doc.getText('text').insert(0, 'template')
    const rooms = [await inView(), await inView(), await bench.other().room('design')]
    for (const room of rooms) room.document('', { seed })
    await bench.run(20_000)
    await bench.run(1_000)
    expect(rooms.map(textOf)).toEqual(['template', 'template', 'template'])
  })

  it('resolves `stored` when the member has stored it, and fails when the room was left', async () => {
    const room = await inView()
    room.doc.getText('text').insert(0, 'a')
    const stored = room.provider.stored()
    await bench.run(1_000)
    await stored
    room.leave()
    expect(() => room.provider.connect()).toThrow(/left/)
  })

  it('rejects `stored` while it is disconnected, and then stores the changes that were made before', async () => {
    const room = await inView()
    await bench.settled(room.provider.stored())
    room.provider.disconnect()
    room.doc.getText('text').insert(0, 'a')
    await expect(room.provider.stored()).rejects.toThrow(NotRunningError)
    room.provider.connect()
    await bench.settled(room.provider.stored())
    expect(textOf(await bench.member.room('design'))).toBe('a')
  })

  it('sends changes whose origin is the provider', async () => {
    const room = await inView()
    await bench.run(1_000)
    room.doc.transact(() => room.doc.getText('text').insert(0, 'a'), room.provider)
    await bench.settled(room.provider.stored())
    expect(textOf(await bench.member.room('design'))).toBe('a')
  })

  it('shows a caret for each view, to the other views and to other members', async () => {
    const [a, b] = [await inView(), await inView()]
    const other = await bench.other().room('design')
    const carets = (room: Room) =>
      [...room.awareness.getStates().values()].map(state => state.user ?? 'none').sort()
    a.awareness.setLocalStateField('user', 'window a')
    b.awareness.setLocalStateField('user', 'window b')
    other.awareness.setLocalStateField('user', 'other')
    await bench.run(5_000)
    const all = ['other', 'window a', 'window b']
    expect([carets(a), carets(b), carets(other)]).toEqual([all, all, all])
    b.provider.disconnect()
    await bench.run(5_000)
    expect([carets(a), carets(b), carets(other)]).toEqual([
      ['other', 'window a'],
      ['window b'],
      ['other', 'window a'],
    ])
    b.provider.connect()
    await bench.run(5_000)
    expect([carets(a), carets(b), carets(other)]).toEqual([all, all, all])
    b.leave()
    await bench.run(5_000)
    expect([carets(a), carets(other)]).toEqual([
      ['other', 'window a'],
      ['other', 'window a'],
    ])
  })

  it('is written by a view of a writer, and not by a view of a reader', async () => {
    const writers = [bench.member.self.id]
    const { cluster } = await bench.view()
    const view = await cluster.room('design', { writers })
    const other = await bench.other().room('design', { writers })
    expect([view.canWrite, view.document('').canWrite]).toEqual([true, true])
    await expect(cluster.room('design')).rejects.toThrow(/open with other options/)
    view.doc.getText('text').insert(0, 'a')
    await bench.run(5_000)
    await view.provider.stored()
    expect(textOf(other)).toBe('a')
    const { cluster: ofReader, served } = await bench.view(undefined, bench.other())
    const reader = await ofReader.room('design', { writers })
    expect([reader.canWrite, reader.document('').canWrite]).toEqual([false, false])
    const refused = vi.fn()
    reader.provider.on('not-allowed', refused)
    reader.doc.getText('text').insert(0, '!')
    await bench.run(5_000)
    expect(refused).toHaveBeenCalledOnce()
    expect(served.refusedCalls).toBe(0)
    view.doc.getText('text').insert(1, 'b')
    await bench.run(5_000)
    expect([textOf(other), textOf(view)]).toEqual(['ab', 'ab'])
    expect(textOf(reader).replace('!', '')).toBe('ab')
  })

  it('is refused to a view that may only read', async () => {
    const { cluster, served } = await bench.view({ rooms: { '*': 'read' } })
    const room = await cluster.room('design')
    const other = await bench.other().room('design')
    const reportError = vi.fn()
    vi.stubGlobal('reportError', reportError)
    room.doc.getText('text').insert(0, 'a')
    await bench.run(5_000)
    expect(textOf(other)).toBe('')
    expect(served.refusedCalls).toBeGreaterThan(0)
    expect(reportError).toHaveBeenCalledWith(expect.objectContaining({ name: 'NotAllowedError' }))
    vi.unstubAllGlobals()
  })
})

describe('an app whose observers throw', () => {
  const fail = () => {
    throw new Error('of the app')
  }

  it('in a view: the view still receives everything', async () => {
    vi.stubGlobal('reportError', vi.fn())
    const { cluster } = await bench.view()
    const room = await cluster.room('design')
    const other = await bench.other().room('design')
    room.doc.getText('text').observe(fail)
    await bench.run(5_000)
    for (const letter of ['c', 'b', 'a']) {
      other.doc.getText('text').insert(0, letter)
      await bench.run(2_000)
    }
    expect(textOf(room)).toBe('abc')
    expect((await cluster.config('flags')).name).toBe('flags')
    vi.unstubAllGlobals()
  })

  it('at the member: the edits of a view still reach it', async () => {
    vi.stubGlobal('reportError', vi.fn())
    const own = await bench.member.room('design')
    own.doc.getText('text').observe(fail)
    const room = await inView()
    await bench.run(2_000)
    room.doc.getText('text').insert(0, 'a')
    for (let turn = 0; turn < 3; turn++) await undefined
    room.doc.getText('text').insert(1, 'b')
    await bench.run(2_000)
    expect(textOf(own)).toBe('ab')
    vi.unstubAllGlobals()
  })
})

describe('a document in a view of a member that may not write it', () => {
  it('does not resolve `stored` after a change', async () => {
    vi.stubGlobal('reportError', vi.fn())
    const { cluster: reading } = await bench.view({ rooms: { '*': 'read' } })
    const { cluster: reader } = await bench.view()
    const rooms = [
      await reading.room('design'),
      await reader.room('written', { writers: [bench.other().self.id] }),
    ]
    for (const { doc, provider } of rooms) {
      await bench.settled(provider.stored())
      doc.getText('text').insert(0, 'x')
      await bench.crossed()
      await expect(bench.settled(provider.stored())).rejects.toThrow(NotAllowedError)
    }
    vi.unstubAllGlobals()
  })
})

describe('the client id of a document in a view', () => {
  it('is that of the awareness, whatever the app sets', async () => {
    const room = await inView()
    const other = await bench.other().room('design')
    expect(other.awareness.getStates().size).toBe(1)
    room.awareness.setLocalState({ user: 'ada' })
    room.doc.clientID = 7
    expect(room.awareness.clientID).toBe(7)
    await bench.run(2_000)
    expect([...other.awareness.getStates()]).toContainEqual([7, { user: 'ada' }])
    expect(() => {
      room.doc.clientID = 1.5
    }).toThrow(InvalidValueError)
    expect(() => room.awareness.setLocalState('ada' as never)).toThrow(InvalidValueError)
  })
})

it('a value that Yjs cannot encode becomes null in a view, and later changes are shared', async () => {
  const reported = vi.fn()
  vi.stubGlobal('reportError', reported)
  const room = await inView()
  const other = await bench.other().room('design')
  expect(textOf(other)).toBe('')
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  room.doc.getMap('map').set('key', cyclic)
  room.doc.getText('text').insert(0, 'after')
  await bench.run(3_000)
  expect(reported).toHaveBeenCalledOnce()
  expect(other.doc.getMap('map').toJSON()).toEqual({ key: null })
  expect(textOf(other)).toBe('after')
  vi.unstubAllGlobals()
})
