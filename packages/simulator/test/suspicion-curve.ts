/**
 * Suspicion curve: one to four of 15 members are cut off, so that members beyond the cut are suspected by up to that
 * many observers. The more observers confirm, the sooner a suspect is dead (scenario 1).
 */
import { createSimulation, type Simulation } from '../src/index.ts'
import { namesFrom } from './names.ts'

/** The interval at which the simulation is checked. */
export const lookMs = 10

/** What a member that was cut off saw. */
export interface CutOff {
  readonly simulation: Simulation
  /**
   * The shortest suspicion that ended in death at m0, one of the members that were cut off; exact to `lookMs`. Only
   * suspicions that began before the first death count: a smaller cluster suspects for a shorter time.
   */
  readonly shortestMs: number
}

/**
 * Runs until the longest suspicion is over.
 *
 * @param confirmations 0 to 3: observers in addition to the first
 */
export async function cutOff(seed: number, confirmations: number): Promise<CutOff> {
  const simulation = createSimulation({ seed, members: 15, start: 'warm' })
  await simulation.run(30_000)
  simulation.partition([namesFrom(0, 1 + confirmations)])
  // The detector's own state: the app gets no suspicions of a member that receives nothing.
  const { machine } = simulation.member('m0')
  const suspectedMs = new Map<string, number>()
  const deadIds = new Set<string>()
  let shortestMs = Number.POSITIVE_INFINITY
  for (let passedMs = 0; passedMs < 60_000; passedMs += lookMs) {
    await simulation.run(lookMs)
    for (const { id } of machine.members()) {
      const verdict = machine.detector.status(id)?.type
      if (verdict === 'suspect' && deadIds.size === 0 && !suspectedMs.has(id))
        suspectedMs.set(id, simulation.nowMs)
      if (verdict !== 'dead' || deadIds.has(id)) continue
      deadIds.add(id)
      shortestMs = Math.min(shortestMs, simulation.nowMs - (suspectedMs.get(id) ?? Number.NEGATIVE_INFINITY))
    }
  }
  return { simulation, shortestMs }
}
