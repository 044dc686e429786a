/**
 * Plausible timestamp: how far a time that a member signed may be ahead of the local clock.
 *
 * Incarnations and the times of config entries are such times, in milliseconds since 1970. A member rejects a fact with an
 * implausible time, so that no member can block an id or a config key for ever. A stored time can become plausible or
 * implausible when the local clock is set.
 */

/** Our choice: one day. */
export const maxAheadMs = 86_400_000

/** Whether the time is a whole number ≥ 0 and at most one day ahead of the local clock. */
export function isPlausibleTimestamp(timestampMs: number, epochMs: number): boolean {
  return Number.isSafeInteger(timestampMs) && timestampMs >= 0 && timestampMs <= epochMs + maxAheadMs
}
