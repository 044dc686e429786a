/**
 * Incarnation: which life of a member a fact belongs to. Only its owner raises it.
 *
 * It starts as a date so that a member that lost its storage, or whose clock was set back, is soon ahead of its
 * earlier lives; it is bounded against the far future so that nobody can lock an id for ever.
 */

/** How far ahead of one's own clock another's incarnation is believed, in milliseconds. Our choice: one day. */
export const maxAheadMs = 86_400_000

/** Two processes that start from copies of one storage at the same instant must not take the same incarnation. Our choice. */
const spread = 1_000

/**
 * `max(last persisted + 1, epoch now)`, and up to a second more if there is a persisted one. A persisted value from the far future, left by a clock that was wrong
 * then, is dropped: nobody believed it either.
 */
export function firstIncarnation(
  persisted: number | undefined,
  epochMs: number,
  random: () => number,
): number {
  const usable = persisted !== undefined && isPlausibleTimestamp(persisted, epochMs)
  return usable ? Math.max(persisted + 1, epochMs) + Math.floor(random() * spread) : epochMs
}

/** The incarnation that answers a claim about `claimed`: greater than it and than one's own. */
export function refutingIncarnation(own: number, claimed: number): number {
  return Math.max(own, claimed) + 1
}

/**
 * Whether a believable incarnation takes the place of one that is held: it is greater, or the one held dates from a
 * time when this member's clock was ahead, and nobody believes it now.
 */
export function supersedes(incarnation: number, current: number, epochMs: number): boolean {
  return incarnation > current || !isPlausibleTimestamp(current, epochMs)
}

export function isPlausibleTimestamp(incarnation: number, epochMs: number): boolean {
  return Number.isSafeInteger(incarnation) && incarnation >= 0 && incarnation <= epochMs + maxAheadMs
}
