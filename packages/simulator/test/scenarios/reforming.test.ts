import { expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'

async function stoppedAsAWhole(seed: number): Promise<Simulation> {
  const simulation = createSimulation({ seed, members: 16 })
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
  // Half a minute is how often addresses are kept.
  await simulation.run(60_000)
  simulation.crash(
    simulation.members.map(({ name }) => name),
    { powerLoss: true },
  )
  await simulation.run(5_000)
  return simulation
}

it.each(['m0', 'm5'])(
  'scenario 18: a cluster that stopped as a whole, and has new addresses but for %s, reforms',
  async unmoved => {
    await runTwice(async () => {
      const simulation = await stoppedAsAWhole(18)
      for (const { name } of simulation.members) simulation.restart(name, { newAddress: name !== unmoved })
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      return simulation
    })
  },
)

it('nobody is found when the storage is lost and the bootstrap has moved', async () => {
  const simulation = await stoppedAsAWhole(18)
  for (const { name } of simulation.members)
    simulation.restart(name, { newAddress: name !== 'm5', keepStorage: false })
  await simulation.run(60_000)
  expect(simulation.running.map(({ machine }) => machine.health().visible)).toEqual(Array(16).fill(1))
})
