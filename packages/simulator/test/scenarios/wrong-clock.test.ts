import type { Config, Room } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'

const dayMs = 86_400_000
/** A board without a battery starts at the beginning of 1970. */
const neverSet = -1_700_000_000_000

const settled = (seed: number, members = 3): Simulation =>
  createSimulation({ seed, members, start: 'warm', invariants: 'off' })

const open = (simulation: Simulation, name: string): Promise<Config> =>
  simulation.member(name).cluster.config('flags')

/** m0 restarts from its store with a wrong clock. */
async function restartWith(simulation: Simulation, skewMs: number): Promise<Config> {
  simulation.crash('m0')
  await simulation.run(1_000)
  simulation.skew('m0', skewMs)
  simulation.restart('m0')
  await simulation.run(1_000)
  return open(simulation, 'm0')
}

async function setClockRight(simulation: Simulation): Promise<void> {
  simulation.skew('m0', 0)
  await simulation.run(60_000)
}

const skews = [
  ['that was never set', neverSet],
  ['before 1970', neverSet - 10 * dayMs],
  ['400 days behind', -400 * dayMs],
  ['400 days ahead', 400 * dayMs],
] as const

describe.each(skews)('a clock %s', (_, skewMs) => {
  it('loses no stored entry: each is valid again when the clock is right', async () => {
    await runTwice(async () => {
      const simulation = settled(1, 1)
      const first = await open(simulation, 'm0')
      await first.set('color', 'red')
      await first.set('size', 3)
      const config = await restartWith(simulation, skewMs)
      await setClockRight(simulation)
      expect(config.entries.getSnapshot()).toEqual({ color: 'red', size: 3 })
      const again = await restartWith(simulation, 0)
      expect(again.entries.getSnapshot()).toEqual({ color: 'red', size: 3 })
      return simulation
    })
  })

  it.each([1, 9])('undoes no entry that was written with it, alone, over %i others', async others => {
    const simulation = settled(2, 1)
    const first = await open(simulation, 'm0')
    for (let value = 0; value < others; value++) await first.set('color', value)
    await first.set('gone', 1)
    const wrong = await restartWith(simulation, skewMs)
    await wrong.set('color', 'green')
    await wrong.set('color', 'blue')
    await wrong.set('new', 1)
    await wrong.delete('gone')
    expect(wrong.get('color')).toBe('blue')
    await setClockRight(simulation)
    expect(wrong.get('color')).toBe('blue')
    expect(wrong.get('new')).toBe(1)
    const again = await restartWith(simulation, 0)
    expect(again.get('color')).toBe('blue')
    expect(again.get('new')).toBe(1)
  })

  it.each([1, 9])(
    'undoes no entry that was written with it before the process was killed, over %i others',
    async others => {
      const simulation = settled(3, 1)
      const first = await open(simulation, 'm0')
      for (let value = 0; value < others; value++) await first.set('color', value)
      const wrong = await restartWith(simulation, skewMs)
      await wrong.set('color', 'blue')
      await wrong.set('new', 1)
      for (let life = 0; life < 3; life++) {
        const again = await restartWith(simulation, 0)
        await simulation.run(1_000)
        expect(again.entries.getSnapshot()).toEqual({ color: 'blue', new: 1 })
      }
    },
  )

  it('lets others receive the entries written with it, once it is right, and writes continue', async () => {
    await runTwice(async () => {
      const simulation = settled(4)
      const [first, other] = [await open(simulation, 'm0'), await open(simulation, 'm1')]
      await first.set('color', 'red')
      await simulation.run(10_000)
      const wrong = await restartWith(simulation, skewMs)
      await simulation.run(10_000)
      await wrong.set('color', 'blue')
      await simulation.run(10_000)
      await setClockRight(simulation)
      expect([wrong.get('color'), other.get('color')]).toEqual(['blue', 'blue'])
      await wrong.set('color', 'green')
      await simulation.run(10_000)
      expect([wrong.get('color'), other.get('color')]).toEqual(['green', 'green'])
      await other.set('color', 'white')
      await simulation.run(10_000)
      expect([wrong.get('color'), other.get('color')]).toEqual(['white', 'white'])
      return simulation
    })
  })

  it('that is set right while the member runs lets the member write at once', async () => {
    const simulation = settled(5, 1)
    const config = await open(simulation, 'm0')
    await config.set('color', 'red')
    simulation.skew('m0', skewMs)
    await config.set('color', 'blue')
    simulation.skew('m0', 0)
    await config.set('size', 3)
    expect(config.entries.getSnapshot()).toEqual({ color: 'blue', size: 3 })
    await simulation.run(60_000)
    expect(config.entries.getSnapshot()).toEqual({ color: 'blue', size: 3 })
  })
})

describe('the entries that others wrote while the clock was wrong', () => {
  it.each(skews)('are newer than the entries that it repeats, with a clock %s', async (_, skewMs) => {
    const simulation = settled(6)
    const [first, other] = [await open(simulation, 'm0'), await open(simulation, 'm1')]
    await first.set('color', 'red')
    await simulation.run(10_000)
    await restartWith(simulation, skewMs)
    await other.set('color', 'white')
    await setClockRight(simulation)
    const config = await restartWith(simulation, 0)
    await simulation.run(10_000)
    expect([config.get('color'), other.get('color')]).toEqual(['white', 'white'])
  })
})

describe('a room that a member entered with a wrong clock', () => {
  const enter = (simulation: Simulation, name: string): Promise<Room> =>
    simulation.member(name).cluster.room('design')
  const textIn = (room: Room) => room.doc.getText()
  const seenBy = ({ presence }: Room) => presence.others.getSnapshot().map(other => other.presence)

  async function restartInRoom(simulation: Simulation, skewMs: number): Promise<Room> {
    simulation.crash('m0')
    await simulation.run(1_000)
    simulation.skew('m0', skewMs)
    simulation.restart('m0')
    await simulation.run(1_000)
    return enter(simulation, 'm0')
  }

  it.each(skews)(
    'shows its presence, documents, events and queries, once it is right: %s',
    async (_, skewMs) => {
      await runTwice(async () => {
        const simulation = settled(11)
        const [first, other] = [await enter(simulation, 'm0'), await enter(simulation, 'm1')]
        first.presence.set({ x: 1 })
        first.broadcast('first')
        void simulation.member('m0').cluster.broadcast('news', 0)
        textIn(other).insert(0, 'a')
        textIn(first)
        await simulation.run(10_000)
        const received: unknown[] = []
        other.events.addEventListener('event', ({ detail }) => received.push(detail.value))
        simulation
          .member('m1')
          .cluster.events.addEventListener('broadcast', ({ detail }) => received.push(detail.value))
        const room = await restartInRoom(simulation, skewMs)
        room.presence.set({ x: 2 })
        textIn(room)
        await simulation.run(20_000)
        await setClockRight(simulation)
        expect(seenBy(other)).toEqual([{ x: 2 }])
        expect(room.provider.synced).toBe(true)
        room.presence.set({ y: 3 })
        room.broadcast('event')
        await simulation.member('m0').cluster.broadcast('news', 1)
        textIn(room).insert(0, 'b')
        await simulation.run(10_000)
        expect(seenBy(other)).toEqual([{ x: 2, y: 3 }])
        expect(received.sort()).toEqual([1, 'event'])
        expect(textIn(other).toString()).toBe('ba')
        const again = await restartInRoom(simulation, 0)
        again.presence.set({ z: 4 })
        await simulation.run(20_000)
        expect(seenBy(other)).toEqual([{ z: 4 }])
        return simulation
      })
    },
  )
})

describe('a cluster whose clocks were all 60 days ahead', () => {
  it('continues when they are set right: presence, documents, broadcasts and queries, also of a restarted member', async () => {
    await runTwice(async () => {
      const simulation = settled(12)
      const names = simulation.members.map(({ name }) => name)
      for (const name of names) simulation.crash(name)
      await simulation.run(1_000)
      const received: (readonly [name: string, value: unknown])[] = []
      const start = async (name: string): Promise<Room> => {
        simulation.restart(name)
        await simulation.run(1_000)
        const { cluster } = simulation.member(name)
        const room = await cluster.room('design')
        room.doc.getText()
        room.presence.set({ of: name })
        room.events.addEventListener('event', ({ detail }) => received.push([name, detail.value]))
        cluster.events.addEventListener('broadcast', ({ detail }) => received.push([name, detail.value]))
        cluster.answer('double', value => Number(value) * 2)
        return room
      }
      const rooms: Room[] = []
      for (const name of names) {
        simulation.skew(name, 60 * dayMs)
        rooms.push(await start(name))
      }
      await simulation.run(20_000)
      const checkAll = async (value: number) => {
        for (const [i, room] of rooms.entries()) {
          const others = names.filter((_, of) => of !== i)
          const seen = room.presence.others.getSnapshot().map(({ presence }) => presence['of'])
          expect(seen.sort()).toEqual(others)
          received.length = 0
          room.broadcast(value)
          const { cluster } = simulation.member(names[i] ?? '')
          await cluster.broadcast('news', value)
          room.doc.getText().insert(0, 'x')
          let answers: readonly unknown[] = []
          void cluster.query('double', value).then(result => {
            answers = result.answers.map(({ value }) => value)
          })
          await simulation.run(1_000)
          expect(answers).toEqual(names.map(() => value * 2))
          const expected = others.flatMap(name => [
            [name, value],
            [name, value],
          ])
          expect(received.filter(([name]) => name !== names[i]).sort()).toEqual(expected)
          expect(new Set(rooms.map(({ doc }) => doc.getText().toString())).size).toBe(1)
        }
      }
      await checkAll(1)
      for (const name of names) simulation.skew(name, 0)
      await simulation.run(60_000)
      await checkAll(2)
      simulation.crash('m0')
      await simulation.run(40_000)
      rooms[0] = await start('m0')
      await simulation.run(20_000)
      await checkAll(3)
      return simulation
    })
  })
})

describe('deletions that a member forgot because its clock was ahead for a while', () => {
  it('return from the other members, which then agree and become quiet', async () => {
    await runTwice(async () => {
      const simulation = settled(7)
      const [first, other] = [await open(simulation, 'm0'), await open(simulation, 'm1')]
      await first.set('gone', 1)
      await simulation.run(5_000)
      await other.delete('gone')
      await simulation.run(10_000)
      simulation.skew('m0', 60 * dayMs)
      await simulation.run(120_000)
      expect(first.history('gone')).toEqual([])
      await setClockRight(simulation)
      let synced = ''
      void first.synced().then(id => {
        synced = id
      })
      await simulation.run(10_000)
      expect(synced).toBe(simulation.member('m1').id)
      expect(first.history('gone')).toEqual(other.history('gone'))
      return simulation
    })
  })
})

describe('a document with writers', () => {
  const enter = (simulation: Simulation, name: string): Promise<Room> =>
    simulation.member(name).cluster.room('design', { writers: simulation.members.map(member => member.id) })
  const textIn = (room: Room) => room.doc.getText()

  async function restartInRoom(simulation: Simulation, skewMs: number): Promise<Room> {
    simulation.crash('m0')
    await simulation.run(1_000)
    simulation.skew('m0', skewMs)
    simulation.restart('m0')
    await simulation.run(1_000)
    return enter(simulation, 'm0')
  }

  async function stored(simulation: Simulation, { provider }: Room): Promise<void> {
    const isStored = provider.stored()
    await simulation.run(100)
    await isStored
  }

  it.each(skews)('shows its stored changes with a clock %s, and is not seeded again', async (_, skewMs) => {
    const simulation = settled(8, 1)
    const before = await enter(simulation, 'm0')
    textIn(before).insert(0, 'stored')
    await stored(simulation, before)
    const room = await restartInRoom(simulation, skewMs)
    room.document('', { seed: doc => doc.getText().insert(0, 'seed') })
    await simulation.run(10_000)
    expect(textIn(room).toString()).toBe('stored')
  })

  it.each(skews)('loses no change that was stored with a clock %s', async (_, skewMs) => {
    const simulation = settled(9, 1)
    await stored(simulation, await enter(simulation, 'm0'))
    const wrong = await restartInRoom(simulation, skewMs)
    textIn(wrong).insert(0, 'acknowledged')
    await stored(simulation, wrong)
    for (let life = 0; life < 3; life++) {
      const again = await restartInRoom(simulation, 0)
      expect(textIn(again).toString()).toBe('acknowledged')
      await simulation.run(life * 40_000)
    }
  })

  it.each([
    ['after a restart', 1],
    ['while the process runs', 2],
  ])(
    'shares the changes that were signed with a clock that was ahead, once it is right: %s',
    async (_, lives) => {
      await runTwice(async () => {
        const simulation = settled(10)
        const [first, other] = [await enter(simulation, 'm0'), await enter(simulation, 'm1')]
        textIn(first).insert(0, 'a')
        await simulation.run(10_000)
        if (lives === 2) simulation.skew('m0', 400 * dayMs)
        const wrong = lives === 2 ? first : await restartInRoom(simulation, 400 * dayMs)
        await simulation.run(10_000)
        textIn(wrong).insert(1, 'b'.repeat(100_000))
        await simulation.run(10_000)
        await setClockRight(simulation)
        expect(textIn(other).toString()).toBe(textIn(wrong).toString())
        expect(textIn(other).length).toBe(100_001)
        const before = simulation.sent().space
        await simulation.run(60_000)
        expect(simulation.sent().space - before).toBeLessThan(30_000)
        return simulation
      })
    },
  )
})
