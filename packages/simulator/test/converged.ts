/** Converged: members that found each other, followed by 30 s of quiet. Most scenarios begin in this state. */
import { createSimulation, type Simulation, type SimulationOptions } from '../src/index.ts'

export async function settled(options: SimulationOptions): Promise<Simulation> {
  const simulation = createSimulation(options)
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
  await simulation.run(30_000)
  return simulation
}
