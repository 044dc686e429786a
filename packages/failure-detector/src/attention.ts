/** A member's announcement that it will answer slowly, for example a browser tab in the background. */
export interface Attention {
  /** `hidden`: the member runs slowly, but can still refute. `frozen`: the member does not run at all. */
  readonly state: 'hidden' | 'frozen'
  /**
   * How long other members tolerate the member's silence after receipt, in ms ≥ 0. Values above one day count
   * as one day.
   */
  readonly leaseMs: number
}

/** For how long this detector tolerates a member's silence. */
export interface Lease {
  /** Monotonic ms; −Infinity: no lease. */
  readonly untilMs: number
  /** The member cannot refute a suspicion. */
  readonly isFrozen: boolean
}

/** One day. Our choice: a member that asks for a longer lease is faulty or malicious. */
const maxLeaseMs = 24 * 3_600_000

/** The lease of a member that announced no attention. */
export const noLease: Lease = { untilMs: -Infinity, isFrozen: false }

/** The lease that begins now: that of an announcement, or `noLease` if the member announced none. */
export function leaseFor(attention: Attention | undefined, nowMs: number): Lease {
  if (attention === undefined || attention.leaseMs <= 0) return noLease
  return { untilMs: nowMs + Math.min(attention.leaseMs, maxLeaseMs), isFrozen: attention.state === 'frozen' }
}
