/** Random schedules of storage faults and kills: no acknowledged write is missing when the store is reopened. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Config, Room } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { createSimulation, runTwice, type Simulation, type StorageFault } from '../../src/index.ts'
import { randomStream } from '../../src/random-stream.ts'

const schedules = size({ usual: 100, long: 1_000 })
const lives = 5
const stepsInLife = 14

/**
 * Acknowledged writes, and writes that may be lost because the folder was deleted and nothing was stored
 * afterwards.
 */
class Acknowledged {
  readonly #numbers = new Set<number>()
  readonly #doubtful = new Set<number>()

  add(numbers: readonly number[]): void {
    for (const number of numbers) this.#numbers.add(number)
    // An acknowledged write means that all writes before it are stored.
    this.#doubtful.clear()
  }

  folderDeleted(): void {
    for (const number of this.#numbers) this.#doubtful.add(number)
  }

  /** The process ended: writes that were deleted with the folder are no longer expected. */
  processEnded(): void {
    for (const number of this.#doubtful) this.#numbers.delete(number)
    this.#doubtful.clear()
  }

  get numbers(): readonly number[] {
    return [...this.#numbers]
  }
}

/** Lets promises settle, before virtual time passes. */

interface Apps {
  readonly config: Config
  readonly room: Room
}

async function open(simulation: Simulation): Promise<Apps> {
  const { cluster } = simulation.member('m0')
  return { config: await cluster.config('flags'), room: await cluster.room('notes') }
}

const faults = ['full', 'io', 'read-only', 'torn', 'deleted', 'slow', 'crash'] as const

function drawFault(random: () => number): StorageFault {
  const type = faults[Math.floor(random() * faults.length)] ?? 'full'
  switch (type) {
    case 'slow':
      return { type, ms: Math.floor(random() * 3_000) }
    case 'crash':
      return { type, afterWrites: Math.floor(random() * 6) }
    default:
      return { type }
  }
}

interface Outcome {
  readonly simulation: Simulation
  readonly acknowledged: number
  readonly missing: readonly string[]
}

async function play(seed: number): Promise<Outcome> {
  const random = randomStream(seed, 'storage faults')
  const simulation = createSimulation({ seed, members: 1, invariants: 'off' })
  const entries = new Acknowledged()
  const texts = new Acknowledged()
  const missing: string[] = []
  let count = 0
  let written = 0
  await simulation.run(100)
  for (let life = 0; life < lives; life++) {
    if (!simulation.member('m0').isRunning) simulation.restart('m0')
    const incarnation = simulation.member('m0').cluster.self.incarnation
    const { config, room } = await open(simulation)
    for (const number of entries.numbers)
      if (config.get(`${number}`) !== number) missing.push(`life ${life}: entry ${number}`)
    const stored = new Set(room.doc.getArray('numbers').toArray())
    for (const number of texts.numbers) if (!stored.has(number)) missing.push(`life ${life}: text ${number}`)
    if (incarnation <= written) missing.push(`life ${life}: incarnation ${written}`)
    written = incarnation

    const { processNumber: process } = simulation.member('m0')
    const isAlive = () => simulation.member('m0').processNumber === process
    for (let step = 0; step < stepsInLife && isAlive(); step++) {
      // After this turn, `entries` and `texts` contain all writes that were acknowledged so far.
      await turn()
      const number = ++count
      if (random() < 0.5)
        config.set(`${number}`, number).then(
          () => isAlive() && entries.add([number]),
          () => {},
        )
      else {
        const inDocument = [...room.doc.getArray('numbers').toArray().map(Number), number]
        room.doc.getArray('numbers').push([number])
        // Some of these values are long enough to make the log of the document a new base.
        room.doc.getMap('filler').set('same', 'x'.repeat(Math.floor(random() * 30_000)))
        room.provider.stored().then(
          () => isAlive() && texts.add(inDocument),
          () => {},
        )
      }
      if (random() < 0.25) {
        const fault = drawFault(random)
        const repair = simulation.failStorage('m0', fault)
        if (fault.type === 'deleted')
          for (const acknowledged of [entries, texts]) acknowledged.folderDeleted()
        else simulation.after(random() * 20_000, repair)
      }
      await turn()
      await simulation.run(random() * (random() < 0.2 ? 40_000 : 500))
    }
    if (isAlive()) simulation.crash('m0')
    // A failing disk is repaired before the process restarts; it keeps its content.
    simulation.failStorage('m0', { type: 'slow', ms: 0 })()
    for (const acknowledged of [entries, texts]) acknowledged.processEnded()
    await simulation.run(1_000)
  }
  return { simulation, acknowledged: entries.numbers.length + texts.numbers.length, missing }
}

describe('storage faults', { timeout: 600_000 }, () => {
  it(`lose no acknowledged write, in ${schedules} schedules`, async () => {
    let acknowledged = 0
    for (let seed = 1; seed <= schedules; seed++) {
      const outcome = await play(seed)
      expect(outcome.missing, `seed ${seed}`).toEqual([])
      acknowledged += outcome.acknowledged
    }
    // The schedules must acknowledge enough writes: without writes, nothing could be lost.
    expect(acknowledged).toBeGreaterThan(schedules * lives)
    console.log(`${schedules} schedules, ${acknowledged} acknowledged writes, none missing`)
  })

  it('do the same in a second run', async () => {
    await runTwice(async () => (await play(1)).simulation)
  })

  it('emit one event when the store fails and one when it works again, while the member stays up', async () => {
    const simulation = createSimulation({ seed: 1, members: 2, start: 'warm' })
    const { cluster } = simulation.member('m0')
    const states: string[] = []
    cluster.events.addEventListener('storage', ({ detail }) => states.push(detail.status))
    const config = await cluster.config('flags')
    const storage = () => [cluster.health.getSnapshot().storage, cluster.health.getSnapshot().storageError]
    expect(storage()).toEqual(['ok', undefined])
    const repair = simulation.failStorage('m0', { type: 'full' })
    for (let value = 0; value < 10; value++) {
      let outcome = 'pending'
      config.set('color', value).catch(error => {
        outcome = String(error)
      })
      await turn()
      await simulation.run(2_000)
      expect(outcome).toMatch(/^StorageError: the store cannot be written: full/)
      expect(storage()).toEqual(['failing', 'the store cannot be written: full'])
    }
    repair()
    await simulation.run(30_000)
    expect(storage()).toEqual(['ok', undefined])
    expect(states).toEqual(['failing', 'ok'])
    expect(simulation.falseDeaths).toBe(0)
    simulation.crash('m0')
    simulation.restart('m0')
    await simulation.run(1_000)
    expect((await simulation.member('m0').cluster.config('flags')).get('color')).toBe(9)
  })

  it('that delete the folder lose nothing that the member has in memory', async () => {
    const simulation = createSimulation({ seed: 2, members: 1, start: 'warm' })
    const { config, room } = await open(simulation)
    await config.set('color', 'red')
    room.doc.getText('text').insert(0, 'hello')
    await room.provider.stored()
    simulation.failStorage('m0', { type: 'deleted' })
    await expect(room.provider.stored()).rejects.toThrow(/deleted/)
    await simulation.run(1_000)
    await room.provider.stored()
    const { incarnation } = simulation.member('m0').cluster.self
    simulation.crash('m0')
    simulation.restart('m0')
    await simulation.run(1_000)
    const again = await open(simulation)
    expect(again.config.get('color')).toBe('red')
    expect(again.room.doc.getText('text').toString()).toBe('hello')
    expect(simulation.member('m0').cluster.self.incarnation).toBeGreaterThan(incarnation)
  })
})
