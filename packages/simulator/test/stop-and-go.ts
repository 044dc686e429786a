/**
 * Stop and go: four of 32 members pause repeatedly (scenario 11). The tests count the deaths of the other
 * members.
 */
import { plainSwim } from '@hearsay/core/host'
import { schedulePauses, stopping } from '../../../test/helpers/stop-and-go.ts'
import { createSimulation, type Simulation } from '../src/index.ts'
import { deaths } from './member-events.ts'

export interface StopAndGo {
  readonly seed: number
  /** The duration. @default 600_000 */
  readonly lengthMs?: number
  /** How long each pause of the four members lasts. */
  readonly stopMs: number
  /** The interval between the starts of two pauses of a member. */
  readonly everyMs: number
  /** The share of all packets that are lost without retransmission. @default 0 */
  readonly lossRate?: number
  /** `plain-swim`: without Lifeguard, local pauses, hard evidence and phi. @default 'shipped' */
  readonly detector?: 'shipped' | 'plain-swim'
}

export async function stopAndGo(options: StopAndGo): Promise<Simulation> {
  const { seed, lengthMs = 600_000, stopMs, everyMs, lossRate = 0, detector = 'shipped' } = options
  const tuning = detector === 'plain-swim' ? { parameters: plainSwim } : {}
  const simulation = createSimulation({ seed, members: 32, start: 'warm', tuning })
  await simulation.run(30_000)
  if (lossRate > 0) simulation.loss(lossRate, { retransmitted: false })
  schedulePauses(simulation, { stopMs, everyMs })
  await simulation.run(lengthMs)
  return simulation
}

/** Deaths of members that never paused, as `by: fail member`. */
export function deathsOfTheHealthy(simulation: Simulation): string[] {
  return deaths(simulation).filter(death => stopping.every(name => !death.endsWith(` ${name}`)))
}
