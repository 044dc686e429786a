/**
 * Suspicion curve: one to four of 15 members are cut off, so that members beyond the cut are suspected by up to that
 * many observers. The more of them confirm, the sooner it is dead (scenario 1).
 */
import { createSimulation, type Simulation } from '../src/index.ts'
import { namesFrom } from './names.ts'

/** Until the longest suspicion is over. @param confirmations 0 to 3: observers beside the first */
export async function cutOff(seed: number, confirmations: number): Promise<Simulation> {
  const simulation = createSimulation({ seed, members: 15, start: 'settled' })
  await simulation.run(30_000)
  simulation.partition([namesFrom(0, 1 + confirmations)])
  await simulation.run(60_000)
  return simulation
}

/**
 * The shortest suspicion that ended in death, as m0, one of the few, saw it. Only those count that began before anybody
 * was dead: a smaller cluster suspects for a shorter time.
 */
export function timeToDeathMs({ events }: Simulation): number {
  const suspectedMs = new Map<string, number>()
  let hasDeaths = false
  let shortestMs = Number.POSITIVE_INFINITY
  for (const { by, type, member, atMs } of events) {
    if (by !== 'm0') continue
    if (type === 'suspect' && !hasDeaths) suspectedMs.set(member, atMs)
    if (type !== 'fail') continue
    hasDeaths = true
    shortestMs = Math.min(shortestMs, atMs - (suspectedMs.get(member) ?? Number.NEGATIVE_INFINITY))
  }
  return shortestMs
}
