/** A member's own word that it will be slow: a browser tab in the background. */
export interface Attention {
  readonly state: 'hidden' | 'frozen'
  /** How long its word holds, counted from receipt. Milliseconds ≥ 0; more than a day counts as a day. */
  readonly leaseMs: number
}

/** What a member is excused for by its own word. */
export interface Lease {
  /** Monotonic ms; −Infinity: not excused. */
  readonly untilMs: number
  /** It cannot even refute. */
  readonly isFrozen: boolean
}

/** A longer lease is a mistake or a lie. */
const maxLeaseMs = 24 * 3_600_000

export const noLease: Lease = { untilMs: -Infinity, isFrozen: false }

export function leaseFor(attention: Attention | undefined, nowMs: number): Lease {
  if (attention === undefined || attention.leaseMs <= 0) return noLease
  return { untilMs: nowMs + Math.min(attention.leaseMs, maxLeaseMs), isFrozen: attention.state === 'frozen' }
}
