/** Suspicion timeout: how long a suspicion waits for its refutation. Pure formulas, milliseconds in and out. */

/**
 * The shortest: grows with log₁₀ of the cluster's size, as the time does that a rumor takes to reach everybody
 * (SWIM §4.1). Lifeguard §V.C; memberlist's `suspicionTimeout`. Local health does not stretch it (nor in
 * memberlist): the one that waits is the judge, the one that has to be quick is the suspect.
 */
export function minSuspicionMs(mult: number, clusterSize: number, probeIntervalMs: number): number {
  return mult * Math.max(1, Math.log10(clusterSize)) * probeIntervalMs
}

/**
 * How many further observers bring the longest timeout down to the shortest: Lifeguard's K. Where there are not
 * so many others who could observe, all of them; below one, the timeout is the shortest.
 */
export function confirmationsNeeded(wanted: number, otherObservers: number): number {
  return Math.max(0, Math.min(wanted, otherObservers))
}

/** Lifeguard §IV.B: from `maxMs` down to `minMs` on a logarithmic curve; n independent confirmations of the k wanted. */
export function suspicionTimeoutMs(n: number, k: number, minMs: number, maxMs: number): number {
  if (k < 1) return minMs
  return Math.max(minMs, maxMs - ((maxMs - minMs) * Math.log(n + 1)) / Math.log(k + 1))
}

/** What is left of it after `elapsedMs`; ≤ 0: now. memberlist's `remainingSuspicionTime`. */
export function remainingSuspicionMs(
  n: number,
  k: number,
  elapsedMs: number,
  minMs: number,
  maxMs: number,
): number {
  return suspicionTimeoutMs(n, k, minMs, maxMs) - elapsedMs
}
