/** Settled: members that found each other and then had half a minute of quiet. Most scenarios begin there. */
import { createSimulation, type Simulation, type SimulationOptions } from '../src/index.ts'

export async function settled(options: SimulationOptions): Promise<Simulation> {
  const simulation = createSimulation(options)
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
  await simulation.run(30_000)
  return simulation
}
