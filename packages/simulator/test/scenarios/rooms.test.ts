import type { Room, RoomEvent } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { createSimulation, type Simulation, totalBytes } from '../../src/index.ts'
import { namesFrom } from '../names.ts'
import { repeatedInOpenRooms } from '../repeated.ts'
import { sentOver } from '../sent-over.ts'

interface Shown {
  cursor: number
  note: string
}

const settled = (seed: number, members: number): Simulation =>
  createSimulation({ seed, members, start: 'warm' })

const enter = (simulation: Simulation, name: string, room = 'design'): Promise<Room<Shown>> =>
  simulation.member(name).cluster.room<Shown>(room)

const enterAll = (simulation: Simulation, names: readonly string[], room?: string): Promise<Room<Shown>[]> =>
  Promise.all(names.map(name => enter(simulation, name, room)))

/** The presence of the others in a room, by member name. */
function shown(simulation: Simulation, room: Room<Shown> | undefined): Record<string, Partial<Shown>> {
  const names = new Map(simulation.members.map(({ id, name }) => [id, name]))
  const others = room?.presence.others.getSnapshot() ?? []
  return Object.fromEntries(others.map(({ id, presence }) => [names.get(id) ?? id, presence]))
}

/** Each member sets its presence to its number. */
function showNumbers(rooms: readonly Room<Shown>[]): void {
  rooms.forEach((room, i) => {
    room.presence.set({ cursor: i })
  })
}

/** The presence that m0 should see of these members. */
const numbersOf = (others: readonly number[]): Record<string, Partial<Shown>> =>
  Object.fromEntries(others.map(i => [`m${i}`, { cursor: i }]))

describe('presence in a room', () => {
  it('is visible to all members in the room, and only there', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(1, 12)
      const rooms = await enterAll(simulation, namesFrom(0, 6))
      const elsewhere = await enter(simulation, 'm9', 'another')
      showNumbers(rooms)
      await simulation.run(3_000)
      rooms[1]?.presence.set({ note: 'here' })
      await simulation.run(1_000)
      expect(shown(simulation, rooms[0])).toEqual({
        ...numbersOf([2, 3, 4, 5]),
        m1: { cursor: 1, note: 'here' },
      })
      expect(shown(simulation, elsewhere)).toEqual({})
      rooms[1]?.presence.set({ cursor: undefined })
      await simulation.run(1_000)
      expect(shown(simulation, rooms[0])['m1']).toEqual({ note: 'here' })
      return simulation
    })
  })

  it('reaches members that join later, and all members even without rumors', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(2, 12)
      simulation.dropGossip(600_000)
      const rooms = await enterAll(simulation, namesFrom(0, 6))
      showNumbers(rooms)
      await simulation.run(20_000)
      const late = await enter(simulation, 'm9')
      await simulation.run(20_000)
      expect(shown(simulation, rooms[0])).toEqual({ ...numbersOf([1, 2, 3, 4, 5]), m9: {} })
      expect(shown(simulation, late)).toEqual(numbersOf([0, 1, 2, 3, 4, 5]))
      return simulation
    })
  })

  it('arrives together with its member: a newcomer lists no member without its presence', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(32, 12)
      simulation.dropGossip(600_000, { rate: 0.5 })
      const rooms = await enterAll(simulation, namesFrom(0, 6))
      showNumbers(rooms)
      await simulation.run(10_000)
      const late = await enter(simulation, simulation.add().name)
      const { others } = late.presence
      const listed: Record<string, unknown>[] = []
      others.subscribe(() => listed.push(shown(simulation, late)))
      await simulation.run(20_000)
      expect(listed.at(-1)).toEqual(numbersOf([0, 1, 2, 3, 4, 5]))
      for (const presence of listed.flatMap(Object.values)) expect(presence).not.toEqual({})
      return simulation
    })
  })

  it('of a dead member is not shown to members that joined after its death', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(31, 12)
      await enterAll(simulation, namesFrom(0, 4))
      await simulation.run(5_000)
      simulation.crash('m3')
      await simulation.runUntil(() => simulation.statusesOf('m3').every(status => status === 'dead'), {
        withinMs: 60_000,
      })
      const { name, cluster } = simulation.add()
      const late = await enter(simulation, name)
      const dead = simulation.member('m3').id
      const statusOfDead = () => cluster.members.getSnapshot().find(({ id }) => id === dead)?.status
      const seen = new Set<string>()
      const look = () => {
        for (const each of Object.keys(shown(simulation, late))) seen.add(each)
        return statusOfDead()
      }
      // The new member receives only suspicions of the dead member, and waits until they time out.
      const { detector } = simulation.member(name).machine
      await simulation.runUntil(() => detector.status(dead)?.type === 'suspect', { withinMs: 10_000 })
      expect(look()).toBeUndefined()
      await simulation.runUntil(() => look() === 'dead', { withinMs: 60_000 })
      expect([...seen].toSorted()).toEqual(['m0', 'm1', 'm2'])
      expect(Object.keys(shown(simulation, late)).toSorted()).toEqual(['m0', 'm1', 'm2'])
      return simulation
    })
  })

  it('of a dead member is hidden, and reappears unchanged when the member returns', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(3, 12)
      const rooms = await enterAll(simulation, namesFrom(0, 4))
      showNumbers(rooms)
      await simulation.run(5_000)
      simulation.partition([namesFrom(0, 3), namesFrom(3, 12)])
      await simulation.runUntil(() => simulation.statusesOf('m3').includes('dead'), { withinMs: 60_000 })
      await simulation.run(10_000)
      expect(shown(simulation, rooms[0])).toEqual(numbersOf([1, 2]))
      simulation.heal()
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 60_000 })
      expect(shown(simulation, rooms[0])).toEqual(numbersOf([1, 2, 3]))
      return simulation
    })
  })

  it('ends when its member leaves the cluster, leaves the room, or ends its process', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(4, 12)
      const rooms = await enterAll(simulation, namesFrom(0, 5))
      showNumbers(rooms)
      await simulation.run(5_000)
      void simulation.leave('m1')
      rooms[2]?.leave()
      simulation.crash('m3')
      await simulation.run(1_000)
      simulation.restart('m3')
      await simulation.run(20_000)
      expect(shown(simulation, rooms[0])).toEqual(numbersOf([4]))
      await enter(simulation, 'm3')
      await simulation.run(5_000)
      expect(shown(simulation, rooms[0])).toEqual({ ...numbersOf([4]), m3: {} })
      return simulation
    })
  })

  it('is empty for a member that left and rejoined at once, and its new presence arrives at once', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(5, 12)
      const rooms = await enterAll(simulation, namesFrom(0, 6))
      showNumbers(rooms)
      await simulation.run(5_000)
      rooms[1]?.leave()
      const again = await enter(simulation, 'm1')
      again.presence.set({ note: 'again' })
      await simulation.run(500)
      expect(shown(simulation, rooms[0])).toEqual({ ...numbersOf([2, 3, 4, 5]), m1: { note: 'again' } })
      expect(shown(simulation, again)).toEqual(numbersOf([0, 2, 3, 4, 5]))
      return simulation
    })
  })

  it('is that of the new generation, although no member received the departure', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(12, 6)
      const rooms = await enterAll(simulation, namesFrom(0, 4))
      showNumbers(rooms)
      await simulation.run(5_000)
      // Anti-entropy brings only the last of its records, and later than its presence.
      simulation.dropGossip(100)
      rooms[1]?.leave()
      rooms[2]?.leave()
      const again = await enterAll(simulation, ['m1', 'm2'])
      await simulation.run(120)
      again[0]?.presence.set({ note: 'again' })
      await simulation.run(30_000)
      expect(shown(simulation, rooms[0])).toEqual({ ...numbersOf([3]), m1: { note: 'again' }, m2: {} })
      return simulation
    })
  })

  it('keeps the object of an unchanged member', async () => {
    const simulation = settled(6, 6)
    const rooms = await enterAll(simulation, namesFrom(0, 3))
    showNumbers(rooms)
    await simulation.run(5_000)
    const before = rooms[0]?.presence.others.getSnapshot() ?? []
    const updates: unknown[] = []
    rooms[0]?.presence.events.addEventListener('update', ({ detail }) => updates.push(detail))
    rooms[2]?.presence.set({ note: 'new' })
    await simulation.run(1_000)
    const after = rooms[0]?.presence.others.getSnapshot() ?? []
    const id = simulation.member('m2').id
    expect(after.filter((other, i) => other !== before[i]).map(other => other.id)).toEqual([id])
    expect(updates).toEqual([{ id, fields: ['note'] }])
  })
})

describe('an event in a room', () => {
  it('reaches each of the other members once, and no member that joins later', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(7, 12)
      simulation.duplicate(1)
      const rooms = await enterAll(simulation, namesFrom(0, 6))
      await simulation.run(3_000)
      const received: RoomEvent[][] = rooms.map(() => [])
      rooms.forEach((room, i) => {
        room.events.addEventListener('event', ({ detail }) => received[i]?.push(detail))
      })
      for (let n = 0; n < 10; n++) rooms[0]?.broadcast({ n })
      // For a few seconds gossipsub sends newcomers the messages that they missed.
      await simulation.run(10_000)
      const late = await enter(simulation, 'm8')
      let lateReceived = 0
      late.events.addEventListener('event', () => {
        lateReceived += 1
      })
      await simulation.run(30_000)
      const from = simulation.member('m0').id
      const all = Array.from({ length: 10 }, (_, n) => ({ from, value: { n } }))
      for (const each of received) each.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
      expect(received).toEqual([[], ...Array.from({ length: 5 }, () => all)])
      expect(lateReceived).toBe(0)
      return simulation
    })
  })
})

describe('many rooms', () => {
  it('two hundred in one member, some of them shared with others', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(8, 12)
      const names = Array.from({ length: 200 }, (_, i) => `room ${i}`)
      const rooms = await Promise.all(names.map(name => enterAll(simulation, namesFrom(0, 3), name)))
      for (const each of rooms) showNumbers(each)
      await simulation.run(30_000)
      for (const each of rooms) expect(shown(simulation, each[0])).toEqual(numbersOf([1, 2]))
      return simulation
    })
  })

  it('cost little while they are idle', async () => {
    const simulation = settled(9, 12)
    const without = settled(9, 12)
    await without.run(120_000)
    const plain = await sentOver(without, 60_000)
    showNumbers(await enterAll(simulation, namesFrom(0, 12)))
    await simulation.run(120_000)
    const quiet = await sentOver(simulation, 60_000)
    expect((totalBytes(quiet) - totalBytes(plain)) / 12 / 60).toBeLessThan(10)
  })
})

/** A member's own random link, and those that others have drawn to it: with this seed at most four. */
const maxRandomLinks = 5

describe('a room of a few in a large cluster', () => {
  it('opens its own connections, and closes them when it ends', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(10, 200)
      const names = ['m3', 'm50', 'm97', 'm120', 'm166', 'm199']
      const links = () => names.map(name => simulation.member(name).machine.health().connections)
      const rooms = await enterAll(simulation, names)
      await simulation.run(30_000)
      const ids = names.map(name => simulation.member(name).id)
      for (const name of names) {
        const { machine, id } = simulation.member(name)
        expect(
          ids.filter(other => other !== id && machine.overlay.isConnected(other)).length,
        ).toBeGreaterThan(1)
      }
      expect(Math.max(...links())).toBeLessThanOrEqual(8 + 4 + maxRandomLinks)
      rooms[0]?.presence.set({ cursor: 7 })
      await simulation.run(200)
      for (const room of rooms.slice(1)) expect(shown(simulation, room)['m3']).toEqual({ cursor: 7 })
      for (const room of rooms) room.leave()
      await simulation.run(60_000)
      expect(Math.max(...links())).toBeLessThanOrEqual(8 + maxRandomLinks)
      return simulation
    })
  })
})

describe('a room whose members leave', () => {
  it('stays connected: a member that has just left still forwards rumors', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(11, 40)
      const rooms = await enterAll(simulation, namesFrom(0, 40))
      await simulation.run(10_000)
      // Leaving does not change the meshes.
      for (const room of rooms.slice(2)) room.leave()
      await simulation.run(200)
      rooms[0]?.presence.set({ note: 'still here' })
      await simulation.run(200)
      expect(shown(simulation, rooms[1])).toEqual({ m0: { note: 'still here' } })
      return simulation
    })
  })
})
