/** Verdict: which bounds an attack broke, in words. The bounds are part of the table, not of the product. */
import type { Attack } from './attacks.ts'
import { type Figures, maxKeptGrowthMb } from './measure.ts'

export interface UsualTimes {
  readonly deadMs: number
}

/**
 * Members that an attacker with the secret may add to what an app sees. Our choice: the quota of one introducer, which
 * is more than the attack has connections.
 */
const maxStrangersSeen = 64

/** All members see a newcomer within this time, under every attack. */
const maxSeenMs = 3_000

export function brokenBounds(
  { atMost }: Pick<Attack, 'atMost'>,
  figures: Figures,
  { by, members, usual }: { by: 'stranger' | 'member'; members: number; usual: UsualTimes },
): string[] {
  const { lost, falseDeaths, deadMs, seenMs, keptGrowthMb, strangersSeen, damaged, counted, attackFailed } =
    figures
  const broken: string[] = []
  if (attackFailed) broken.push('the attack did not run')
  if (lost > 0) broken.push(`${lost} members lost`)
  if (falseDeaths > 0) broken.push(`${falseDeaths} false deaths`)
  if (deadMs === null || deadMs > 2 * usual.deadMs) broken.push('a kill is seen late')
  if (seenMs === null || seenMs > maxSeenMs) broken.push('a newcomer is seen late')
  if (keptGrowthMb > maxKeptGrowthMb) broken.push(`${keptGrowthMb} MB kept`)
  for (const [what, count] of Object.entries(damaged)) broken.push(`${what} damaged at ${count}`)
  if (strangersSeen > (by === 'stranger' ? 0 : maxStrangersSeen))
    broken.push(`${strangersSeen} strangers seen as members`)
  if (by === 'stranger') {
    if ((counted['admitted'] ?? 0) > 0) broken.push('a stranger was admitted')
  }
  for (const [what, limit] of Object.entries(atMost?.(by, members) ?? {})) {
    const count = counted[what] ?? 0
    if (count > limit) broken.push(`${count} ${what}, at most ${limit}`)
  }
  return broken
}
