/** Delays: how long members took to report an event. Milliseconds; null: not within the bound. */

/**
 * The time until every member has reported every other member. Zero if that was before the last member was
 * ready.
 */
export interface Join {
  readonly afterLastSpawnMs: number | null
  readonly afterLastReadyMs: number | null
}

/** All members started at the same instant. */
export interface Start {
  /** The time until every member has reported every other member. */
  readonly afterFirstSpawnMs: number | null
  /** CPU time per member, from its start until every member has reported every other member. */
  readonly cpuMsPerMemberAgreed: number
  /** CPU time per member, from its start until 5 s later. */
  readonly cpuMsPerMemberSettled: number
  /** Events about members that were all healthy: a member that 20 others suspect counts 20 times. */
  readonly suspected: number
  readonly declaredDead: number
}

/**
 * The delays of the members that report the event: of the first member, the median, and of the last member.
 */
export interface Spread {
  readonly firstMs: number | null
  readonly medianMs: number | null
  readonly allMs: number | null
}

export interface Detection {
  readonly firstSuspectMs: number | null
  readonly fail: Spread
}

/**
 * @param delaysMs the delays of the members that reported the event, ascending
 * @param members the number of members that should report the event
 */
export function spread(delaysMs: readonly number[], members: number): Spread {
  const nth = (n: number) => rounded(delaysMs[n - 1])
  return { firstMs: nth(1), medianMs: nth(Math.ceil(members / 2)), allMs: nth(members) }
}

export const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms))
