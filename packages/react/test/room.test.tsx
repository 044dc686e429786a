// @vitest-environment happy-dom
import type { Cluster, Room } from '@hearsay/core'
import { createSimulation, type Simulation } from '@hearsay/simulator'
import { act } from '@testing-library/react'
import { StrictMode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  RoomProvider as AnyRoomProvider,
  createRoomHooks,
  defineConfig,
  useBroadcast,
  useCanWrite,
  useConfig,
  useConnectionStatus,
  useDocument,
  useEvent,
} from '../src/index.ts'
import { fakeTimers, linger, pass, settle, show, watch } from './rendered-cluster.tsx'

interface Shown {
  cursor: number
  note: string
}

const { RoomProvider, useRoom, usePresence, useUpdatePresence, useOthers, useOthersMapped } =
  createRoomHooks<Shown>()

fakeTimers()

interface Stage {
  readonly simulation: Simulation
  /** The cluster of the rendered components. */
  readonly cluster: Cluster
  /** The same room, joined by the other members. */
  readonly rooms: readonly Room<Shown>[]
}

async function fixture(others: number): Promise<Stage> {
  const simulation = createSimulation({ seed: 1, members: others + 1, start: 'warm' })
  const [first, ...rest] = simulation.members
  if (!first) throw new Error('there is no member')
  const rooms = await Promise.all(rest.map(({ cluster }) => cluster.room<Shown>('design')))
  await simulation.run(2_000)
  return { simulation, cluster: first.cluster, rooms }
}

const othersOf = (room: Room<Shown> | undefined) =>
  room?.presence.others.getSnapshot().map(({ presence }) => presence)

describe('usePresence and useUpdatePresence', () => {
  it('publish changes to others, and render only the components that read them', async () => {
    const { simulation, cluster, rooms } = await fixture(1)
    const own = watch(() => usePresence(({ note }) => note))
    const update = watch(() => useUpdatePresence())
    show(
      cluster,
      <RoomProvider name="design" presence={{ cursor: 1, note: 'here' }}>
        {own.here()}
        {update.here()}
      </RoomProvider>,
    )
    await settle(() => own.seen.length > 1)
    await pass(simulation, 1_000)
    expect(othersOf(rooms[0])).toEqual([{ cursor: 1, note: 'here' }])
    for (let cursor = 2; cursor < 10; cursor++) {
      act(() => update.seen[0]?.({ cursor }))
      await pass(simulation, 100)
    }
    expect(othersOf(rooms[0])).toEqual([{ cursor: 9, note: 'here' }])
    expect(own.seen).toEqual([undefined, 'here'])
    // One render with the provider, one when the room was joined.
    expect(new Set(update.seen).size).toBe(1)
    expect(update.seen.length).toBeLessThanOrEqual(2)
  })

  it('publish changes that were made before the room was joined', async () => {
    const { simulation, cluster, rooms } = await fixture(1)
    const joined = Promise.withResolvers<Cluster>()
    const update = watch(() => useUpdatePresence())
    const room = watch(() => useRoom())
    show(
      joined.promise,
      <RoomProvider name="design" presence={{ cursor: 1, note: 'here' }}>
        {update.here()}
        {room.here()}
      </RoomProvider>,
    )
    update.seen[0]?.({ cursor: 2 })
    update.seen[0]?.({ cursor: 3 })
    joined.resolve(cluster)
    await settle(() => room.seen.at(-1) !== null)
    await pass(simulation, 1_000)
    expect(othersOf(rooms[0])).toEqual([{ cursor: 3, note: 'here' }])
  })
})

describe('useUpdatePresence', () => {
  it.each<[unknown]>([['str'], [null], [5], [[]]])(
    'throws if it gets %j in place of fields',
    async change => {
      const { cluster } = await fixture(0)
      const update = watch(() => useUpdatePresence())
      show(cluster, <RoomProvider name="design">{update.here()}</RoomProvider>)
      expect(() => update.seen[0]?.(change as never)).toThrow(/^useUpdatePresence: give an object of fields/)
      const given = () => show(cluster, <RoomProvider name="design" presence={change as never} />)
      vi.spyOn(console, 'error').mockImplementation(() => {})
      expect(given).toThrow(/^RoomProvider: presence: give an object of fields/)
      vi.restoreAllMocks()
    },
  )

  it('logs a value that presence cannot contain, set before the room was joined, and keeps the page', async () => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { simulation, cluster, rooms } = await fixture(1)
    const joined = Promise.withResolvers<Cluster>()
    const update = watch(() => useUpdatePresence())
    const room = watch(() => useRoom())
    const { container } = show(
      joined.promise,
      <RoomProvider name="design" presence={{ cursor: 1 }}>
        {update.here()}
        {room.here()}shown
      </RoomProvider>,
    )
    update.seen[0]?.({ note: 'x'.repeat(20_000) })
    joined.resolve(cluster)
    await settle(() => room.seen.at(-1) !== null)
    expect(container.textContent).toBe('shown')
    expect(complaints).toHaveBeenCalledWith(
      'presence set by useUpdatePresence before the room was joined cannot be published:',
      expect.objectContaining({ name: 'InvalidValueError' }),
    )
    update.seen[0]?.({ note: 'short' })
    await pass(simulation, 1_000)
    expect(othersOf(rooms[0])).toEqual([{ cursor: 1, note: 'short' }])
  })
})

describe('useOthers', () => {
  it('shows the other members in the room, and renders when the selected value changes', async () => {
    const { simulation, cluster, rooms } = await fixture(3)
    const others = watch(() => useOthers())
    const count = watch(() => useOthers(others => others.length))
    const notes = watch(() => useOthersMapped(({ presence }) => presence.note))
    show(
      cluster,
      <RoomProvider name="design">
        {others.here()}
        {count.here()}
        {notes.here()}
      </RoomProvider>,
    )
    await settle(() => others.seen.length > 1)
    await pass(simulation, 2_000)
    const renders = () => [others, count, notes].map(({ seen }) => seen.length)
    const before = renders()
    rooms[0]?.presence.set({ cursor: 5 })
    await pass(simulation, 1_000)
    expect(renders().map((after, i) => after - (before[i] ?? 0))).toEqual([1, 0, 0])
    expect(others.seen.at(-1)?.map(({ presence }) => presence.cursor)).toContain(5)

    rooms[1]?.presence.set({ note: 'here' })
    await pass(simulation, 1_000)
    expect(renders().map((after, i) => after - (before[i] ?? 0))).toEqual([2, 0, 1])
    expect(notes.seen.at(-1)).toContainEqual([simulation.member('m2').id, 'here'])

    rooms[1]?.leave()
    await pass(simulation, 1_000)
    expect(count.seen.at(-1)).toBe(2)
  })
})

describe('a RoomProvider', () => {
  it('joins once in StrictMode, and leaves 1 s after the last provider of its name unmounts', async () => {
    const { cluster } = await fixture(0)
    const roomSpy = vi.spyOn(cluster, 'room')
    const rooms = watch(() => useRoom())
    const inRooms = (count: number) => (
      <StrictMode>
        {['a', 'b'].slice(0, count).map(key => (
          <RoomProvider key={key} name="design">
            {rooms.here()}
          </RoomProvider>
        ))}
      </StrictMode>
    )
    const { rerender } = show(cluster, inRooms(2))
    await settle(() => rooms.seen.at(-1) !== null)
    await linger()
    const room = rooms.seen.at(-1)
    if (!room) throw new Error('not joined')
    const leave = vi.spyOn(room, 'leave')
    expect(roomSpy).toHaveBeenCalledTimes(1)
    expect(new Set(rooms.seen)).toEqual(new Set([null, room]))
    rerender(inRooms(1))
    await linger()
    expect(leave).not.toHaveBeenCalled()
    rerender(inRooms(0))
    await settle()
    expect(leave).not.toHaveBeenCalled()
    rerender(inRooms(1))
    await linger()
    expect(leave).not.toHaveBeenCalled()
    rerender(inRooms(0))
    await linger()
    expect(leave).toHaveBeenCalledTimes(1)
    rerender(inRooms(1))
    await settle(() => rooms.seen.at(-1) !== null)
    expect(roomSpy).toHaveBeenCalledTimes(2)
    expect(rooms.seen.at(-1)).not.toBe(room)
  })

  it('joins another room when its secret changes, and leaves the room with the old secret', async () => {
    const { simulation, cluster, rooms } = await fixture(1)
    const [secret, another] = ['a secret of sixteen or more', 'another secret of this room']
    rooms[0]?.leave()
    const other = simulation.member('m1').cluster
    let inside = await other.room<Shown>('design', { secret })
    const room = watch(() => useRoom())
    const [options, others] = [{ secret }, { secret: another }]
    const provider = (given: typeof options) => (
      <RoomProvider name="design" options={given} presence={{ cursor: 1 }}>
        {room.here()}
      </RoomProvider>
    )
    const { rerender } = show(cluster, provider(options))
    await settle(() => room.seen.at(-1) !== null)
    await pass(simulation, 2_000)
    expect(othersOf(inside)).toEqual([{ cursor: 1 }])
    const first = room.seen.at(-1)
    rerender(provider(others))
    await settle(() => room.seen.at(-1) !== null && room.seen.at(-1) !== first)
    await pass(simulation, 2_000)
    expect(othersOf(inside)).toEqual([])
    inside.leave()
    inside = await other.room<Shown>('design', { secret: another })
    await pass(simulation, 2_000)
    expect(othersOf(inside)).toEqual([{ cursor: 1 }])
    const second = room.seen.at(-1)
    rerender(provider(others))
    await settle()
    expect(room.seen.at(-1)).toBe(second)
  })

  it('joins another room when its name changes', async () => {
    const { cluster } = await fixture(0)
    const names = watch(() => useRoom()?.name)
    const { rerender } = show(cluster, <RoomProvider name="one">{names.here()}</RoomProvider>)
    await settle(() => names.seen.at(-1) === 'one')
    rerender(<RoomProvider name="two">{names.here()}</RoomProvider>)
    await settle(() => names.seen.at(-1) === 'two')
    expect([...new Set(names.seen)]).toEqual([undefined, 'one', 'two'])
  })

  it('reports why the room cannot be joined', async () => {
    const { cluster } = await fixture(0)
    const status = watch(() => useConnectionStatus())
    show(cluster, <RoomProvider name="">{status.here()}</RoomProvider>)
    await settle(() => status.seen.at(-1)?.error !== undefined)
    expect(status.seen[0]?.status).toBe('joining')
    expect(status.seen.at(-1)?.error?.name).toBe('InvalidOptionsError')
  })

  it('tries again when it replaces a provider that could not join', async () => {
    const { cluster } = await fixture(0)
    vi.spyOn(cluster, 'room').mockRejectedValueOnce(new Error('no room'))
    const status = watch(() => useConnectionStatus())
    const attempt = (key: number) => (
      <RoomProvider key={key} name="design">
        {status.here()}
      </RoomProvider>
    )
    const { rerender } = show(cluster, attempt(1))
    await settle(() => status.seen.at(-1)?.error?.message === 'no room')
    rerender(attempt(2))
    await settle(() => status.seen.at(-1)?.status === 'alone')
    await linger()
    expect(status.seen.at(-1)?.status).toBe('alone')
  })

  it('does not join a room with an initial presence that is too large', async () => {
    const { simulation, cluster, rooms } = await fixture(1)
    const status = watch(() => useConnectionStatus().error?.name)
    show(
      cluster,
      <RoomProvider name="design" presence={{ note: 'x'.repeat(20_000) }}>
        {status.here()}
      </RoomProvider>,
    )
    await settle(() => status.seen.at(-1) !== undefined)
    await pass(simulation, 1_000)
    expect(status.seen.at(-1)).toBe('InvalidValueError')
    expect(othersOf(rooms[0])).toEqual([])
  })
})

describe('useBroadcast and useEvent', () => {
  it('send to others, and call the listener of the latest render', async () => {
    const { simulation, cluster, rooms } = await fixture(1)
    const received: unknown[] = []
    const broadcast = watch(() => useBroadcast())
    let name = 'first'
    const ears = watch(() => {
      const own = name
      useEvent(({ value }) => received.push([own, value]))
      return useRoom()
    })
    const inRoom = () => (
      <RoomProvider name="design">
        {broadcast.here()}
        {ears.here()}
      </RoomProvider>
    )
    const { rerender } = show(cluster, inRoom())
    broadcast.seen[0]?.('not sent')
    const others: unknown[] = []
    rooms[0]?.events.addEventListener('event', ({ detail }) => others.push(detail.value))
    await settle(() => ears.seen.at(-1) !== null)
    await pass(simulation, 1_000)
    rooms[0]?.broadcast(1)
    await pass(simulation, 1_000)
    name = 'second'
    rerender(inRoom())
    rooms[0]?.broadcast(2)
    broadcast.seen[0]?.({ wave: true })
    await pass(simulation, 1_000)
    expect(received).toEqual([
      ['first', 1],
      ['second', 2],
    ])
    expect(others).toEqual([{ wave: true }])
    expect(new Set(broadcast.seen).size).toBe(1)
  })
})

describe('useDocument', () => {
  it('shares a document, and does not render when the document is edited', async () => {
    const { simulation, cluster, rooms } = await fixture(1)
    const notes = watch(() => useDocument('notes'))
    show(cluster, <AnyRoomProvider name="design">{notes.here()}</AnyRoomProvider>)
    await settle(() => notes.seen.at(-1) !== null)
    const renders = notes.seen.length
    const document = notes.seen.at(-1)
    document?.doc.getText('text').insert(0, 'hello')
    const theirs = rooms[0]?.document('notes').doc.getText('text')
    await pass(simulation, 3_000)
    expect(theirs?.toString()).toBe('hello')
    theirs?.insert(5, ' you')
    await pass(simulation, 1_000)
    expect(document?.doc.getText('text').toString()).toBe('hello you')
    expect(notes.seen.length).toBe(renders)
    expect(notes.seen[0]).toBeNull()
  })
})

it('a room hook needs a RoomProvider around it', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const simulation = createSimulation({ seed: 1, members: 1, start: 'warm' })
  const room = watch(() => useRoom())
  expect(() => show(simulation.member('m0').cluster, room.here())).toThrow('put a <RoomProvider> around')
})

describe('useCanWrite', () => {
  it('says whether this member may write the documents of the room, and a config', async () => {
    const { simulation, cluster } = await fixture(1)
    const [, other] = simulation.members
    const ofOthers = { writers: [other?.cluster.self.id ?? ''] }
    const config = defineConfig('flags', ofOthers)
    const open = watch(() => useCanWrite())
    const closed = watch(() => useCanWrite())
    const inConfig = watch(() => [useConfig(config), useCanWrite(config)] as const)
    show(
      cluster,
      <>
        <AnyRoomProvider name="open">{open.here()}</AnyRoomProvider>
        <AnyRoomProvider name="closed" options={ofOthers}>
          {closed.here()}
        </AnyRoomProvider>
        {inConfig.here()}
      </>,
    )
    expect([open.seen[0], closed.seen[0]]).toEqual([false, false])
    await settle(() => open.seen.at(-1) === true && inConfig.seen.at(-1)?.[0] !== null)
    await pass(simulation, 1_000)
    expect((await cluster.room('closed', ofOthers)).canWrite).toBe(false)
    expect(closed.seen.at(-1)).toBe(false)
    expect(inConfig.seen.at(-1)?.[1]).toBe(false)
  })
})
