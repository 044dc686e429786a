/** Heavy loss: every link of 64 members loses packets (scenario 12). */
import { createSimulation, type LossOptions, type Simulation } from '../src/index.ts'

export interface HeavyLoss extends LossOptions {
  readonly seed: number
  /** The duration. @default 600_000 */
  readonly lengthMs?: number
  /** 0 to 1. */
  readonly rate: number
}

export async function heavyLoss({ seed, lengthMs = 600_000, rate, ...how }: HeavyLoss): Promise<Simulation> {
  const simulation = createSimulation({ seed, members: 64, start: 'warm' })
  await simulation.run(30_000)
  simulation.loss(rate, how)
  await simulation.run(lengthMs)
  return simulation
}
