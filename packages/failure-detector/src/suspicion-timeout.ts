/** Suspicion timeout: how long a suspicion waits for its refutation. Pure formulas, milliseconds in and out. */

/**
 * The shortest suspicion. The duration grows with log₁₀ of the cluster size, as does the time in which a rumor reaches
 * all members (SWIM §4.1). Lifeguard §V.C; memberlist's `suspicionTimeout`. As in memberlist, local health
 * does not stretch a suspicion: the suspect needs the time for its refutation, and local health describes the
 * observer.
 */
export function minSuspicionMs(mult: number, clusterSize: number, probeIntervalMs: number): number {
  return mult * Math.max(1, Math.log10(clusterSize)) * probeIntervalMs
}

/**
 * How many further observers must confirm a suspicion before it has the shortest length: Lifeguard's K, or
 * all other observers if there are fewer. 0: the suspicion has the shortest length from the start.
 */
export function confirmationsNeeded(wanted: number, otherObservers: number): number {
  return Math.max(0, Math.min(wanted, otherObservers))
}

/** The length after n of k confirmations: from `maxMs` down to `minMs` on a logarithmic curve. Lifeguard §IV.B. */
export function suspicionTimeoutMs(n: number, k: number, minMs: number, maxMs: number): number {
  if (k < 1) return minMs
  return Math.max(minMs, maxMs - ((maxMs - minMs) * Math.log(n + 1)) / Math.log(k + 1))
}

/**
 * The time that a suspicion still runs after `elapsedMs`; ≤ 0: it has ended. memberlist's
 * `remainingSuspicionTime`.
 */
export function remainingSuspicionMs(
  n: number,
  k: number,
  elapsedMs: number,
  minMs: number,
  maxMs: number,
): number {
  return suspicionTimeoutMs(n, k, minMs, maxMs) - elapsedMs
}
