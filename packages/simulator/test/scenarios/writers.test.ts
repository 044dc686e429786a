/** Rooms with writers: documents of signed changes. */
import { type DocumentNotAllowed, InvalidOptionsError, NotAllowedError, type Room } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import type * as Y from 'yjs'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'
import { namesFrom } from '../names.ts'

const settled = (seed: number, members: number): Simulation =>
  createSimulation({ seed, members, start: 'warm' })

const idsOf = (simulation: Simulation, names: readonly string[]): string[] =>
  names.map(name => simulation.member(name).id)

const enter = (
  simulation: Simulation,
  names: readonly string[],
  writers: readonly string[],
): Promise<Room[]> =>
  Promise.all(
    names.map(name =>
      simulation.member(name).cluster.room('design', { writers: idsOf(simulation, writers) }),
    ),
  )

const textOf = (room: Room | undefined, name = ''): Y.Text => {
  if (!room) throw new Error('there is no such room')
  return room.document(name).doc.getText()
}

const texts = (rooms: readonly Room[], name = ''): string[] =>
  rooms.map(room => textOf(room, name).toString())

describe('a document with writers', () => {
  it('takes the changes of its writers to all members, early and late', async () => {
    await runTwice(async () => {
      const simulation = settled(1, 6)
      const rooms = await enter(simulation, namesFrom(0, 5), ['m0', 'm1'])
      expect(rooms.map(({ canWrite }) => canWrite)).toEqual([true, true, false, false, false])
      expect(rooms[2]?.document('').canWrite).toBe(false)
      textOf(rooms[0]).insert(0, 'written by m0')
      textOf(rooms[1], 'notes').insert(0, 'written by m1')
      await simulation.run(2_000)
      expect(texts(rooms)).toEqual(rooms.map(() => 'written by m0'))
      expect(texts(rooms, 'notes')).toEqual(rooms.map(() => 'written by m1'))
      for (const name of ['m0', 'm1']) simulation.crash(name)
      const late = await enter(simulation, ['m5'], ['m0', 'm1'])
      await simulation.run(10_000)
      expect(texts(late)).toEqual(['written by m0'])
      expect(texts(late, 'notes')).toEqual(['written by m1'])
      return simulation
    })
  })

  it('gives a newcomer hundreds of changes by two writers in few transactions, and leaves none pending', async () => {
    const simulation = settled(1, 4)
    const rooms = await enter(simulation, namesFrom(0, 3), ['m0', 'm1'])
    for (let i = 0; i < 400; i++) {
      textOf(rooms[i % 2]).insert(0, 'x')
      await simulation.run(60)
    }
    const [late] = await enter(simulation, ['m3'], ['m0', 'm1'])
    if (!late) throw new Error('m3 enters')
    let transactions = 0
    late.doc.on('afterTransaction', () => {
      transactions += 1
    })
    await simulation.runUntil(() => textOf(late).length === 400, { withinMs: 400 })
    expect(transactions).toBeLessThan(20)
  })

  it('keeps the changes of a reader in its replica, and reports them', async () => {
    await runTwice(async () => {
      const simulation = settled(2, 4)
      const rooms = await enter(simulation, namesFrom(0, 4), ['m0'])
      const [writer, reader] = rooms
      if (!writer || !reader) throw new Error('two members enter')
      textOf(writer).insert(0, 'a')
      await simulation.run(2_000)
      const refused: DocumentNotAllowed[] = []
      reader.provider.on('not-allowed', event => refused.push(event))
      textOf(reader).insert(1, '!')
      await simulation.run(10_000)
      textOf(writer).insert(1, 'b')
      await simulation.run(10_000)
      expect(refused).toHaveLength(1)
      expect(refused[0]?.error).toBeInstanceOf(NotAllowedError)
      await expect(reader.provider.stored()).rejects.toThrow(NotAllowedError)
      expect(textOf(reader).toString()).toContain('!')
      for (const room of rooms) if (room !== reader) expect(textOf(room).toString()).toBe('ab')
      for (const { driver } of simulation.running)
        expect(Object.values(driver.violations()).every(count => count === 0)).toBe(true)
      return simulation
    })
  })

  it('leaves presence, awareness and broadcasts open to readers', async () => {
    const simulation = settled(3, 3)
    const [writer, reader] = await enter(simulation, namesFrom(0, 3), ['m0'])
    await simulation.run(1_000)
    const events: unknown[] = []
    writer?.events.addEventListener('event', ({ detail }) => events.push(detail.value))
    reader?.presence.set({ cursor: 1 })
    reader?.awareness.setLocalState({ user: 'ada' })
    reader?.broadcast('hello')
    await simulation.run(2_000)
    expect(writer?.presence.others.getSnapshot().map(({ presence }) => presence)).toContainEqual({
      cursor: 1,
    })
    expect([...(writer?.awareness.getStates().values() ?? [])]).toContainEqual({ user: 'ada' })
    expect(events).toEqual(['hello'])
  })

  it('is synced for all members, and the seed runs once', async () => {
    await runTwice(async () => {
      const simulation = settled(4, 5)
      const rooms = await enter(simulation, namesFrom(0, 5), ['m0', 'm1', 'm2'])
      const seed = (doc: Y.Doc) => doc.getText().insert(0, 'seed')
      for (const room of rooms) room.document('', { seed })
      await simulation.runUntil(() => rooms.every(({ provider }) => provider.synced), { withinMs: 15_000 })
      await simulation.run(2_000)
      expect(texts(rooms)).toEqual(rooms.map(() => 'seed'))
      return simulation
    })
  })

  it('survives the restart of all members, with the changes that a writer made alone', async () => {
    await runTwice(async () => {
      const simulation = settled(5, 4)
      const names = namesFrom(0, 4)
      const rooms = await enter(simulation, names, ['m0', 'm1'])
      textOf(rooms[0]).insert(0, 'together')
      await simulation.run(3_000)
      for (const name of ['m1', 'm2', 'm3']) simulation.crash(name)
      textOf(rooms[0]).insert(0, 'alone, then ')
      await rooms[0]?.provider.stored()
      await simulation.run(3_000)
      simulation.crash('m0')
      for (const name of names) simulation.restart(name, { keepStorage: true })
      await simulation.run(10_000)
      const again = await enter(simulation, names, ['m0', 'm1'])
      expect(textOf(again[0]).toString()).toBe('alone, then together')
      expect(textOf(again[3]).toString()).toBe('together')
      await simulation.run(20_000)
      expect(texts(again)).toEqual(names.map(() => 'alone, then together'))
      return simulation
    })
  })

  it('merges what writers wrote on both sides of a partition, with checkpoints on both sides', async () => {
    await runTwice(async () => {
      const simulation = settled(6, 6)
      const names = namesFrom(0, 6)
      const rooms = await enter(simulation, names, names)
      await simulation.run(3_000)
      const heal = simulation.partition([names.slice(0, 3), names.slice(3)])
      for (let i = 0; i < 400; i++) {
        textOf(rooms[0]).insert(0, 'a')
        textOf(rooms[4]).insert(0, 'b')
        await simulation.run(60)
      }
      heal()
      await simulation.run(240_000)
      const [first, ...others] = texts(rooms)
      expect(first).toHaveLength(800)
      expect(others).toEqual(others.map(() => first))
      // Each side has made a checkpoint, which replaced its changes.
      expect(simulation.member('m0').driver.spacesUsage()?.facts).toBeLessThan(400)
      return simulation
    })
  })

  it('rejects a change that is too large, informs its writer at once, and shares it when the document is small enough', async () => {
    const simulation = settled(7, 3)
    const rooms = await enter(simulation, namesFrom(0, 3), ['m0'])
    const tooLarge: unknown[] = []
    rooms[0]?.provider.on('too-large', event => tooLarge.push(event))
    textOf(rooms[0]).insert(0, 'x'.repeat(9_000_000))
    await simulation.run(100)
    expect(tooLarge).toMatchObject([{ maxBytes: 8_388_608 }])
    await expect(rooms[0]?.provider.stored()).rejects.toThrow(/more than 8388608 bytes/)
    await simulation.run(5_000)
    expect(texts(rooms.slice(1))).toEqual(['', ''])
    textOf(rooms[0]).delete(0, 8_999_999)
    await simulation.run(60_000)
    expect(texts(rooms)).toEqual(['x', 'x', 'x'])
  })

  it('takes a long change in several parts', async () => {
    await runTwice(async () => {
      const simulation = settled(8, 4)
      const rooms = await enter(simulation, namesFrom(0, 4), ['m0'])
      await simulation.run(2_000)
      textOf(rooms[0]).insert(0, 'long '.repeat(200_000))
      const passedMs = await simulation.runUntil(
        () => texts(rooms).every(({ length }) => length === 1_000_000),
        {
          withinMs: 60_000,
        },
      )
      expect(passedMs).toBeLessThan(60_000)
      return simulation
    })
  })

  it.each([2, 6, 9])(
    'is complete for a newcomer, in whichever order the changes arrive (seed %i)',
    async seed => {
      // Yjs left some of the changes pending for ever with these seeds.
      const simulation = settled(seed, 5)
      let state = seed * 7919
      const random = (): number => {
        state = (state * 1_103_515_245 + 12_345) % 2 ** 31
        return state / 2 ** 31
      }
      const names = namesFrom(0, 3)
      const rooms = await enter(simulation, names, names)
      await simulation.run(3_000)
      for (let i = 0; i < 900; i++) {
        textOf(rooms[Math.floor(random() * 3)]).insert(0, 'x')
        if (random() < 0.8) await simulation.run(1 + Math.floor(random() * 60))
      }
      await simulation.run(3_000)
      const [late] = await enter(simulation, ['m4'], names)
      textOf(late)
      await simulation.run(15_000)
      expect(late?.provider.synced).toBe(true)
      expect(textOf(late)).toHaveLength(900)
    },
  )

  it('is open once, with one list of writers', async () => {
    const simulation = settled(9, 2)
    const { cluster } = simulation.member('m0')
    const [first, second] = idsOf(simulation, ['m0', 'm1'])
    const room = await cluster.room('design', { writers: [first ?? '', second ?? ''] })
    expect(await cluster.room('design', { writers: [second ?? '', first ?? ''] })).toBe(room)
    await expect(cluster.room('design')).rejects.toThrow(
      /'design' is open with other options. Leave it first/,
    )
    await expect(cluster.room('other', { writers: ['ada'] })).rejects.toThrow(InvalidOptionsError)
    await expect(cluster.room('other', { writer: [] } as never)).rejects.toThrow(/did you mean 'writers'/)
    room.leave()
    expect((await cluster.room('design')).canWrite).toBe(true)
  })

  it('sends what was written immediately before the room is left', async () => {
    await runTwice(async () => {
      const simulation = settled(10, 3)
      const rooms = await enter(simulation, namesFrom(0, 3), ['m0'])
      await simulation.run(3_000)
      textOf(rooms[0]).insert(0, 'first ')
      textOf(rooms[0]).insert(6, 'last')
      rooms[0]?.leave()
      await simulation.run(5_000)
      expect(texts(rooms.slice(1))).toEqual(['first last', 'first last'])
      const again = await enter(simulation, ['m0'], ['m0'])
      expect(texts(again)).toEqual(['first last'])
      return simulation
    })
  })
})
