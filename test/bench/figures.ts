/** Figures: what the story measures. Milliseconds; null is what did not happen within the bound. */
import type { Cost } from './cost.ts'

export interface Figures {
  readonly join: Join
  readonly idle: Cost
  readonly crash: Detection
  readonly hang: Detection
  readonly return: Spread
  readonly stopAndGo: StopAndGo
}

/** Until every member has told of every other. Zero if that was before the last said that it is ready. */
export interface Join {
  readonly afterLastSpawnMs: number | null
  readonly afterLastReadyMs: number | null
}

/** Over the members that tell of it: the first, the one in the middle, the last. */
export interface Spread {
  readonly firstMs: number | null
  readonly medianMs: number | null
  readonly allMs: number | null
}

export interface Detection {
  readonly firstSuspectMs: number | null
  readonly fail: Spread
}

/** Events, not members: one that is declared dead by 20 others counts 20 times. */
export interface StopAndGo {
  readonly healthyDeclaredDead: number
  readonly healthySuspected: number
  readonly stoppedDeclaredDead: number
}

/** @param delaysMs ascending, of those that told; `members` is how many should have */
export function spread(delaysMs: readonly number[], members: number): Spread {
  const nth = (n: number) => rounded(delaysMs[n - 1])
  return { firstMs: nth(1), medianMs: nth(Math.ceil(members / 2)), allMs: nth(members) }
}

export const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms))
