/** A member's own word that it will be slow: a browser tab in the background. */
export interface Attention {
  readonly state: 'hidden' | 'frozen'
  /** How long its word holds, counted from receipt. Milliseconds ≥ 0; more than a day counts as a day. */
  readonly leaseMs: number
}

/** A longer lease is a mistake or a lie. */
const maxLeaseMs = 24 * 3_600_000

/** Until when a member is excused by its own word; −Infinity when it gave none. */
export function excusedUntilMs(attention: Attention | undefined, nowMs: number): number {
  const leaseMs = attention?.leaseMs ?? 0
  return leaseMs > 0 ? nowMs + Math.min(leaseMs, maxLeaseMs) : -Infinity
}
