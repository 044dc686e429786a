/** Attention: a lease that excuses the silence of a member, and its bounds. */

/** A member's announcement that it will answer slowly or not at all, for example a browser tab in the background. */
export interface Attention {
  /**
   * `hidden`: the member runs slowly, but can still refute. `frozen`: the member does not run at all. `asleep`: the
   * member's machine is off the network, so that its connections close and it cannot be dialled.
   */
  readonly state: 'hidden' | 'frozen' | 'asleep'
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
  readonly state: Attention['state']
  /** The lease came with the first record of the member: the member may have asked for it long ago. */
  readonly isFirst: boolean
}

/** One day. Our choice: a member that asks for a longer lease is faulty or malicious. */
const maxLeaseMs = 24 * 3_600_000

/** The lease of a member that announced no attention. */
export const noLease: Lease = { untilMs: -Infinity, state: 'hidden', isFirst: false }

/**
 * The lease that begins now: that of an announcement, or `noLease` if the member announced none.
 *
 * @param isFirst whether the member was unknown before
 */
export function leaseFor(attention: Attention | undefined, nowMs: number, isFirst: boolean): Lease {
  if (attention === undefined || attention.leaseMs <= 0) return noLease
  const { state, leaseMs } = attention
  return { untilMs: nowMs + Math.min(leaseMs, maxLeaseMs), state, isFirst }
}

/**
 * Whether nothing is evidence against the member: it is asleep, or its connection closed a moment ago and it announced that
 * it returns.
 */
export function isExcused(
  { lease, awaitedUntilMs }: { readonly lease: Lease; readonly awaitedUntilMs: number },
  nowMs: number,
): boolean {
  return nowMs < awaitedUntilMs || (lease.state === 'asleep' && nowMs < lease.untilMs)
}
