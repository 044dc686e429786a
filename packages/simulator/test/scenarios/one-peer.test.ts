import { describe, expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'
import { settled } from '../converged.ts'
import { deaths } from '../member-events.ts'

/** Waits until all members that run and are not paused consider it dead; fails after this time. */
async function knownDead(simulation: Simulation, name: string, withinMs: number): Promise<void> {
  const { id } = simulation.member(name)
  const judges = simulation.running.filter(member => member.id !== id && !member.clock.isPaused)
  await simulation.runUntil(() => judges.every(({ machine }) => machine.member(id)?.status === 'dead'), {
    withinMs,
  })
}

/** A cluster in which m1 never has a route to m2, nor m2 to m1. */
async function withoutRoute(seed: number, members: number): Promise<Simulation> {
  const simulation = createSimulation({ seed, members })
  simulation.cut('m1', 'm2', { noRoute: true })
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
  await simulation.run(60_000)
  return simulation
}

describe('scenario 33: one member permanently cannot route to one peer', () => {
  it.each([12, 32])('all of %i members, these two included, know of a crash within 1 s', async members => {
    const simulation = await runTwice(async () => {
      const simulation = await withoutRoute(331, members)
      simulation.crash('m7')
      await knownDead(simulation, 'm7', 1_000)
      return simulation
    })
    expect(new Set(deaths(simulation).map(death => death.split(': ')[1]))).toEqual(new Set(['fail m7']))
  })

  it.each([12, 32])(
    'all of %i members know of a hang, and of a host that vanishes, within 8 s',
    async members => {
      const simulation = await runTwice(async () => {
        const simulation = await withoutRoute(332, members)
        simulation.pause('m7', 60_000)
        await knownDead(simulation, 'm7', 8_000)
        simulation.crash('m8', { powerLoss: true })
        await knownDead(simulation, 'm8', 8_000)
        return simulation
      })
      expect(new Set(deaths(simulation).map(death => death.split(': ')[1]))).toEqual(
        new Set(['fail m7', 'fail m8']),
      )
    },
  )

  it('each of the two knows when the other hangs', async () => {
    await runTwice(async () => {
      const simulation = await withoutRoute(333, 12)
      simulation.crash('m2', { powerLoss: true })
      await knownDead(simulation, 'm2', 8_000)
      return simulation
    })
  })
})

describe('all others crash together', () => {
  it.each([true, false])('and the last of 12 reports it, with power loss: %s', async powerLoss => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 334, members: 12 })
      simulation.crash(
        simulation.members.slice(1).map(({ name }) => name),
        { powerLoss },
      )
      await simulation.runUntil(
        () =>
          simulation
            .member('m0')
            .machine.members()
            .filter(({ status }) => status === 'alive').length === 1,
        // No other member can confirm a suspicion, and the last one probes the others one after the other.
        { withinMs: 90_000 },
      )
      return simulation
    })
  })
})
