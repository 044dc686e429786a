import { expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'

async function stoppedAsAWhole(seed: number): Promise<Simulation> {
  const simulation = createSimulation({ seed, members: 16 })
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
  // Addresses are stored every 30 s.
  await simulation.run(60_000)
  simulation.crash(
    simulation.members.map(({ name }) => name),
    { powerLoss: true },
  )
  await simulation.run(5_000)
  return simulation
}

it.each(['m0', 'm5'])(
  'scenario 18: a cluster that stopped as a whole, and has new addresses except for %s, forms again',
  async unmoved => {
    await runTwice(async () => {
      const simulation = await stoppedAsAWhole(18)
      for (const { name } of simulation.members) simulation.restart(name, { newAddress: name !== unmoved })
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      return simulation
    })
  },
)

it('no member is found if the storage is lost and the bootstrap has moved', async () => {
  const simulation = await stoppedAsAWhole(18)
  for (const { name } of simulation.members)
    simulation.restart(name, { newAddress: name !== 'm5', keepStorage: false })
  await simulation.run(60_000)
  expect(simulation.running.map(({ machine }) => machine.health().visible)).toEqual(Array(16).fill(1))
})

it('scenario 18: members that left together, seconds after they joined, form a cluster again without its bootstrap', async () => {
  await runTwice(async () => {
    const simulation = createSimulation({ seed: 18, members: 6 })
    await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
    const names = simulation.members.map(({ name }) => name)
    for (const name of names) void simulation.member(name).cluster.leave()
    await simulation.runUntil(() => simulation.running.length === 0, { withinMs: 10_000 })
    for (const name of names.slice(1)) simulation.restart(name)
    await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
    return simulation
  })
})
