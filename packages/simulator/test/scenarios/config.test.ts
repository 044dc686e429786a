import { setImmediate as turn } from 'node:timers/promises'
import type { Config, ConfigConflict } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation, totalBytes } from '../../src/index.ts'
import { namesFrom } from '../names.ts'
import { sentOver } from '../sent-over.ts'

const settled = (seed: number, members: number): Simulation =>
  createSimulation({ seed, members, start: 'warm' })

const open = (simulation: Simulation, name: string, writers?: readonly string[]): Promise<Config> =>
  simulation.member(name).cluster.config('flags', writers ? { writers } : {})

const openAll = (simulation: Simulation, names: readonly string[]): Promise<Config[]> =>
  Promise.all(names.map(name => open(simulation, name)))

const views = (configs: readonly Config[]): unknown[] => configs.map(({ entries }) => entries.getSnapshot())

/** Asserts that all configs have these values. */
const allSee = (configs: readonly Config[], view: object): void => {
  for (const seen of views(configs)) expect(seen).toEqual(view)
}

const conflictsOf = (config: Config): ConfigConflict[] => {
  const conflicts: ConfigConflict[] = []
  config.events.addEventListener('conflict', ({ detail }) => conflicts.push(detail))
  return conflicts
}

describe('a shared config', () => {
  it('reaches all members that open it, early or late, with its history, even without rumors', async () => {
    await runTwice(async () => {
      const simulation = settled(1, 12)
      simulation.dropGossip(600_000)
      const configs = await openAll(simulation, namesFrom(0, 6))
      await configs[0]?.set('color', 'red')
      await simulation.run(15_000)
      await configs[1]?.set('color', 'blue')
      await configs[2]?.set('size', 3)
      await simulation.run(15_000)
      allSee(configs, { color: 'blue', size: 3 })
      const late = await open(simulation, 'm9')
      await simulation.run(15_000)
      allSee([late], { color: 'blue', size: 3 })
      const [m0, m1] = [simulation.member('m0').id, simulation.member('m1').id]
      expect(late.history('color')).toMatchObject([
        { by: m1, from: 'red', to: 'blue' },
        { by: m0, from: undefined, to: 'red' },
      ])
      return simulation
    })
  })

  it('reports no conflict when an entry of a long history arrives late', async () => {
    await runTwice(async () => {
      const simulation = settled(3, 6)
      const configs = await openAll(simulation, namesFrom(0, 6))
      await simulation.run(5_000)
      const conflicts = configs.map(conflictsOf)
      const [writer] = configs
      for (let value = 0; value < 10; value++) {
        await writer?.set('k', value)
        await simulation.run(1_000)
      }
      await simulation.run(60_000)
      simulation.dropGossip(20)
      await writer?.set('k', 10)
      await simulation.run(30)
      await writer?.set('k', 11)
      await simulation.run(60_000)
      allSee(configs, { k: 11 })
      expect(conflicts.flat()).toEqual([])
      return simulation
    })
  })

  it('does not bring back a deleted entry when a member restarts after the retention', async () => {
    await runTwice(async () => {
      const simulation = settled(10, 6)
      const retentionMs = 60_000
      const openAt = (name: string) => simulation.member(name).cluster.config('flags', { retentionMs })
      const [first, second] = await Promise.all([openAt('m0'), openAt('m1')])
      for (let value = 0; value < 10; value++) await first.set('color', value)
      await first.set('size', 3)
      await first.delete('color')
      await simulation.run(15_000)
      simulation.crash('m1')
      await simulation.run(2 * retentionMs)
      simulation.restart('m1')
      const back = await openAt('m1')
      await simulation.run(30_000)
      allSee([first, back], { size: 3 })
      expect(second.history('color').length).toBeGreaterThan(0)
      // The entry is not in the store either.
      simulation.crash('m1')
      simulation.restart('m1')
      const again = await openAt('m1')
      expect(again.history('color')).toEqual([])
      return simulation
    })
  })

  it('resolves `synced` when another member has equal entries, before and after a change, and waits while there is none', async () => {
    await runTwice(async () => {
      const simulation = settled(9, 12)
      simulation.dropGossip(600_000)
      const early = await openAll(simulation, namesFrom(0, 4))
      await early[0]?.set('color', 'red')
      await simulation.run(15_000)
      const late = await open(simulation, 'm9')
      const steps: string[] = []
      const synced = (config: Config) => config.synced().then(id => steps.push(id))
      const known = namesFrom(0, 4).map(name => simulation.member(name).id)
      const first = synced(late)
      await simulation.run(2_000)
      await first
      allSee([late], { color: 'red' })

      await late.set('size', 3)
      const second = synced(late)
      await simulation.run(2_000)
      await second
      expect(views(early)).toContainEqual({ color: 'red', size: 3 })
      for (const id of steps) expect(known).toContain(id)

      for (const config of early) config.leave()
      await simulation.run(5_000)
      await late.set('size', 4)
      const third = synced(late)
      await simulation.run(60_000)
      expect(steps).toHaveLength(2)
      late.leave()
      await expect(third).rejects.toThrow(/was left/)
      return simulation
    })
  })

  it('spreads in a moment, and emits one event', async () => {
    await runTwice(async () => {
      const simulation = settled(2, 12)
      const configs = await openAll(simulation, namesFrom(0, 12))
      await simulation.run(10_000)
      const changes: unknown[] = []
      configs[5]?.events.addEventListener('change', ({ detail }) => changes.push(detail))
      const watched: unknown[] = []
      configs[6]?.watch('color', value => watched.push(value))
      await configs[0]?.set('color', 'red')
      await simulation.run(100)
      allSee(configs, { color: 'red' })
      await configs[3]?.delete('color')
      await simulation.run(100)
      allSee(configs, {})
      expect(changes).toMatchObject([
        { key: 'color', value: 'red', previous: undefined, by: simulation.member('m0').id },
        { key: 'color', value: undefined, previous: 'red', by: simulation.member('m3').id },
      ])
      expect(watched).toEqual(['red', undefined])
      return simulation
    })
  })

  it('emits the losing entry on both sides of a healed partition, once', async () => {
    await runTwice(async () => {
      const simulation = settled(3, 12)
      const configs = await openAll(simulation, namesFrom(0, 12))
      await configs[0]?.set('color', 'red')
      await configs[0]?.set('size', 1)
      await simulation.run(10_000)
      const received = configs.map(conflictsOf)
      simulation.partition([namesFrom(0, 6), namesFrom(6, 12)])
      await configs[1]?.set('color', 'green')
      await simulation.run(1_000)
      await configs[7]?.set('color', 'blue')
      await configs[2]?.set('size', 2)
      await simulation.run(60_000)
      simulation.heal()
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 60_000 })
      await simulation.run(60_000)
      allSee(configs, { color: 'blue', size: 2 })
      const [m1, m7] = [simulation.member('m1').id, simulation.member('m7').id]
      for (const conflicts of received)
        expect(conflicts).toMatchObject([
          {
            key: 'color',
            winner: { by: m7, from: 'red', to: 'blue' },
            loser: { by: m1, from: 'red', to: 'green' },
          },
        ])
      return simulation
    })
  })

  it('accepts only entries of its writers, whichever member relays them', async () => {
    await runTwice(async () => {
      // So few that all are connected: no member receives an entry only through members that reject it.
      const simulation = settled(4, 8)
      const writers = [simulation.member('m0').id, simulation.member('m1').id]
      const strict = await Promise.all(namesFrom(0, 3).map(name => open(simulation, name, writers)))
      const loose = await Promise.all(namesFrom(3, 5).map(name => open(simulation, name)))
      await strict[0]?.set('color', 'red')
      await simulation.run(1_000)
      await loose[1]?.set('color', 'forbidden')
      await expect(strict[2]?.set('color', 'mine')).rejects.toThrow(/not one of its writers/)
      await simulation.run(60_000)
      allSee(strict, { color: 'red' })
      allSee(loose, { color: 'forbidden' })
      for (const { machine, driver } of simulation.running) {
        expect(Object.values(driver.violations()).every(count => count === 0)).toBe(true)
        expect(machine.health().visible).toBe(8)
      }
      return simulation
    })
  })

  it('survives the restart of all members, from their stores', async () => {
    await runTwice(async () => {
      const simulation = settled(5, 6)
      const configs = await openAll(simulation, namesFrom(0, 6))
      await configs[0]?.set('color', 'red')
      await configs[1]?.set('color', 'blue')
      await simulation.run(5_000)
      for (const name of namesFrom(0, 6)) simulation.crash(name)
      await simulation.run(1_000)
      for (const name of namesFrom(0, 6)) simulation.restart(name, { keepStorage: true })
      await simulation.run(10_000)
      const again = await openAll(simulation, namesFrom(0, 6))
      allSee(again, { color: 'blue' })
      expect(again[3]?.history('color').map(({ to }) => to)).toEqual(['blue', 'red'])
      await again[2]?.set('color', 'green')
      // No member knew the others before: anti-entropy brings the entry.
      await simulation.run(5_000)
      allSee(again, { color: 'green' })
      return simulation
    })
  })

  it('stays deleted when the only member that stores it restarts after the retention', async () => {
    const simulation = settled(10, 1)
    const retained = () => simulation.member('m0').cluster.config('flags', { retentionMs: 60_000 })
    const config = await retained()
    // The test uses many keys, because the store returns their entries in no particular order.
    for (let key = 0; key < 20; key++) {
      await config.set(`key ${key}`, key)
      await config.delete(`key ${key}`)
    }
    simulation.crash('m0')
    await simulation.run(120_000)
    simulation.restart('m0', { keepStorage: true })
    await simulation.run(1_000)
    allSee([await retained()], {})
  })

  it('accepts writes after the clock was set back by more than a day', async () => {
    const simulation = settled(11, 2)
    simulation.skew('m0', 2 * 86_400_000)
    const config = await open(simulation, 'm0')
    await config.set('color', 'red')
    simulation.skew('m0', 0)
    await config.set('color', 'blue')
    allSee([config], { color: 'blue' })
    await config.delete('color')
    await simulation.run(60_000)
    allSee([config], {})
  })

  it('has no unhandled rejection if a promise of `synced` was dropped and the config is left', async () => {
    const simulation = settled(12, 1)
    const config = await open(simulation, 'm0')
    const unhandled: unknown[] = []
    const onRejection = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', onRejection)
    void config.synced()
    void config.synced().then(
      () => {},
      () => {},
    )
    config.leave()
    await turn()
    process.off('unhandledRejection', onRejection)
    expect(unhandled).toEqual([])
  })

  it('becomes quiet when all members agree', async () => {
    const without = settled(6, 12)
    await without.run(120_000)
    const plain = await sentOver(without, 60_000)
    const simulation = settled(6, 12)
    const configs = await openAll(simulation, namesFrom(0, 12))
    for (let i = 0; i < 200; i++) await configs[i % 12]?.set(`key ${i}`, i)
    await simulation.run(120_000)
    const quiet = await sentOver(simulation, 60_000)
    expect((totalBytes(quiet) - totalBytes(plain)) / 12 / 60).toBeLessThan(10)
  })
})
