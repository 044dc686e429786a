/** Convergence: the result of measuring whether all members have the same table of members. */

/**
 * This member's last measurement. The measurement concerns the members that are alive or suspect at this member, this one
 * included.
 */
export interface Convergence {
  /** The number of members with the same table as this one, this one included. */
  readonly agreeing: number
  /** The number of members that were asked. 0: this member has not measured since the store got its first listener. */
  readonly known: number
  /**
   * The time of the first measurement since which all of them have agreed, in epoch milliseconds of this machine's clock.
   * Undefined: some differ or have not answered.
   */
  readonly sinceMs: number | undefined
  /** The ids of the members with another table, ordered. The difference may be in transit. */
  readonly differing: readonly string[]
  /** The ids of the members that did not answer, ordered. */
  readonly missing: readonly string[]
}

/** Options of `Cluster.settled`. */
export interface SettledOptions {
  /** Ends the wait: the promise rejects with the reason of the signal. */
  readonly signal?: AbortSignal
}
