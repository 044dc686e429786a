/** Delays: how long members took to tell of something. Milliseconds; null is what did not happen within the bound. */

/** Until every member has told of every other. Zero if that was before the last said that it is ready. */
export interface Join {
  readonly afterLastSpawnMs: number | null
  readonly afterLastReadyMs: number | null
}

/** All members started at the same instant. */
export interface Start {
  /** Until every member has told of every other. */
  readonly afterFirstSpawnMs: number | null
  /** Processor time of a member, from its exec to that moment. */
  readonly cpuMsPerMemberAgreed: number
  /** The same 5 s later. */
  readonly cpuMsPerMemberSettled: number
  /** Events about members that all were healthy: one that is suspected by 20 others counts 20 times. */
  readonly suspected: number
  readonly declaredDead: number
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

/** @param delaysMs ascending, of those that told; `members` is how many should have */
export function spread(delaysMs: readonly number[], members: number): Spread {
  const nth = (n: number) => rounded(delaysMs[n - 1])
  return { firstMs: nth(1), medianMs: nth(Math.ceil(members / 2)), allMs: nth(members) }
}

export const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms))
