/** Convergence: whether the members know the same, as an app sees it. */

/** What this member has measured last. All members are members that are alive or suspect here, this one included. */
export interface Convergence {
  /** The number of members that know the same about all members as this one, this one included. */
  readonly agreeing: number
  /** The number of members that were asked. 0: nothing was measured yet. */
  readonly known: number
  /**
   * The time of the first measurement since which all of them have agreed, in epoch milliseconds of this machine's clock.
   * Undefined: some differ or have not answered.
   */
  readonly sinceMs: number | undefined
  /** The ids of the members that know something else, ordered. It may be on its way. */
  readonly differing: readonly string[]
  /** The ids of the members that did not answer, ordered. */
  readonly missing: readonly string[]
}

/** Options of `Cluster.settled`. */
export interface SettledOptions {
  /** Ends the wait: the promise rejects with the reason of the signal. */
  readonly signal?: AbortSignal
}
