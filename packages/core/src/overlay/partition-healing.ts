/**
 * Partition healing: chooses a dead member or a bootstrap address to dial, so that a partition ends by itself.
 *
 * In each round, every member dials one target with a probability of `dialsPerRound / alive`. So the whole cluster
 * makes about `dialsPerRound` dials per round, independent of its size. A member that is alone always dials. After a
 * change of its local network, a member dials several targets at once, because no other member may be able to reach
 * them.
 */
import { sample } from '../base/arrays.ts'

/** Our choice: three dials every 10 s. Two halves of 16 members reconnect within 30 s in all but 1 of 10⁴ cases. */
export const healIntervalMs = 10_000
const dialsPerRound = 3

/**
 * The target to dial in this round, if any.
 *
 * @param alive the number of members that this member sees as alive or suspect, including itself
 * @param absent the possible targets
 */
export function healingTargets<T>(alive: number, absent: readonly T[], random: () => number): T[] {
  if (absent.length === 0) return []
  if (random() >= dialsPerRound / alive && alive > 1) return []
  return sample(absent, 1, random)
}

/** The targets to dial after a change of the local network: all bootstrap addresses, and up to `dialsPerRound` dead members. */
export function targetsInNewNetwork<T>(
  dead: readonly T[],
  bootstrap: readonly T[],
  random: () => number,
): T[] {
  return [...bootstrap, ...sample(dead, dialsPerRound, random)]
}
