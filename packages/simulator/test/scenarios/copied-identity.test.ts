import { describe, expect, it } from 'vitest'
import { runTwice, type Simulation } from '../../src/index.ts'
import { settled } from '../converged.ts'

const members = 12

interface Twice {
  readonly simulation: Simulation
  /** Another process started from a copy of m5's storage. */
  readonly copy: string
}

async function twice(seed: number): Promise<Twice> {
  const simulation = await settled({ seed, members })
  const copy = simulation.copy('m5')
  return { simulation, copy }
}

function areAware({ simulation, copy }: Twice): boolean {
  return ['m5', copy].every(name => simulation.member(name).cluster.health.getSnapshot().identityCopied)
}

/** The events about it that the app of another member received. */
function shown({ events }: Simulation, by: string, sinceMs: number): string[] {
  return events
    .filter(({ atMs, by: each, member }) => each === by && member === 'm5' && atMs >= sinceMs)
    .map(({ type }) => type)
}

describe('scenario 40: the same identity runs twice', () => {
  it('both processes report it, and each sees its own record', async () => {
    await runTwice(async () => {
      const pair = await twice(40)
      const { simulation, copy } = pair
      await simulation.runUntil(() => areAware(pair), { withinMs: 30_000 })
      for (const name of ['m5', copy]) {
        const { cluster, id } = simulation.member(name)
        cluster.update({ tags: { process: name } })
        const { facts, hint } = await cluster.explain(id)
        expect(facts[0]).toMatch(/another process runs with the same identity/i)
        expect(hint).toMatch(/storage/)
      }
      for (let i = 0; i < 200; i++) {
        await simulation.run(1_000)
        for (const name of ['m5', copy])
          expect(simulation.member(name).cluster.self).toMatchObject({
            name,
            status: 'alive',
            tags: { process: name },
          })
      }
      expect(areAware(pair)).toBe(true)
      for (const name of ['m0', 'm1'])
        expect(simulation.member(name).cluster.health.getSnapshot().identityCopied).toBe(false)
      return simulation
    })
  })

  it('the others receive about one record a minute, and emit no other events', async () => {
    const simulation = await runTwice(async () => {
      const pair = await twice(41)
      const { simulation } = pair
      await simulation.run(300_000)
      expect(areAware(pair)).toBe(true)
      return simulation
    })
    const sinceMs = simulation.nowMs
    await simulation.run(600_000)
    for (const { name } of simulation.members.slice(0, 5)) {
      const events = shown(simulation, name, sinceMs)
      expect(events.filter(type => type !== 'update')).toEqual([])
      expect(events.length).toBeLessThanOrEqual(12)
    }
  })

  it.each([
    ['m5', 'leaves'],
    ['m5', 'is killed'],
    ['the copy', 'leaves'],
    ['the copy', 'is killed'],
  ] as const)('it ends when %s %s: the other process stays, unchanged', async (which, how) => {
    await runTwice(async () => {
      const pair = await twice(42)
      const { simulation, copy } = pair
      await simulation.run(120_000)
      const [ended, stays] = which === 'm5' ? ['m5', copy] : [copy, 'm5']
      if (how === 'leaves') void simulation.leave(ended)
      else simulation.crash(ended)
      const { id, cluster } = simulation.member(stays)
      const others = simulation.members.slice(0, 5)
      // The other process refutes the leave, or the death, as soon as a suspicion.
      await simulation.run(10_000)
      expect(others.map(({ machine }) => machine.member(id)?.status)).toEqual(others.map(() => 'alive'))
      await simulation.runUntil(() => !cluster.health.getSnapshot().identityCopied, { withinMs: 240_000 })
      expect(others.map(({ machine }) => machine.member(id)?.name)).toEqual(others.map(() => stays))
      const sinceMs = simulation.nowMs
      await simulation.run(60_000)
      for (const { name } of others) expect(shown(simulation, name, sinceMs)).toEqual([])
      cluster.update({ tags: { alone: 'yes' } })
      await simulation.run(1_000)
      for (const { machine } of others) expect(machine.member(id)?.tags).toEqual({ alone: 'yes' })
      return simulation
    })
  })

  it('it is noticed although both start at the same instant from the same storage', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 44, members })
      simulation.crash('m5')
      await simulation.run(20)
      const copy = simulation.copy('m5')
      simulation.restart('m5')
      await simulation.runUntil(() => areAware({ simulation, copy }), { withinMs: 30_000 })
      return simulation
    })
  })

  it('a storage restored from a backup while its first process has ended is no copy', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 43, members })
      simulation.crash('m5')
      const restored = simulation.copy('m5')
      for (let i = 0; i < 60; i++) {
        await simulation.run(1_000)
        expect(simulation.member(restored).cluster.health.getSnapshot().identityCopied).toBe(false)
      }
      return simulation
    })
  })
})
