/** Delays: how long members took to report an event. Milliseconds; null: not within the bound. */

/** Until every member has reported every other. Zero if that was before the last member was ready. */
export interface Join {
  readonly afterLastSpawnMs: number | null
  readonly afterLastReadyMs: number | null
}

/** All members started at the same instant. */
export interface Start {
  /** Until every member has reported every other. */
  readonly afterFirstSpawnMs: number | null
  /** Processor time of a member, from its exec until then. */
  readonly cpuMsPerMemberAgreed: number
  /** The same 5 s later. */
  readonly cpuMsPerMemberSettled: number
  /** Events about members that were all healthy: a member that 20 others suspect counts 20 times. */
  readonly suspected: number
  readonly declaredDead: number
}

/** Over the members that report the event: the first, the median, the last. */
export interface Spread {
  readonly firstMs: number | null
  readonly medianMs: number | null
  readonly allMs: number | null
}

export interface Detection {
  readonly firstSuspectMs: number | null
  readonly fail: Spread
}

/** @param delaysMs ascending, of the members that reported; `members` is how many should have */
export function spread(delaysMs: readonly number[], members: number): Spread {
  const nth = (n: number) => rounded(delaysMs[n - 1])
  return { firstMs: nth(1), medianMs: nth(Math.ceil(members / 2)), allMs: nth(members) }
}

export const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms))
