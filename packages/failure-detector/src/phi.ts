/**
 * Phi accrual: φ(t) = −log₁₀ P(the next heartbeat arrives later than t), no unit. A suspicion at φ = 1 is wrong in
 * one case of 10, at φ = 8 in one of 10⁸. Hayashibara et al., "The φ accrual failure detector", SRDS 2004, §4.
 *
 * The tail of the normal distribution is computed by the logistic approximation that Akka uses (Page 1977; Bowling et
 * al. 2009): P(Y > y) ≈ 1 / (1 + exp(1.5976 y + 0.070566 y³)). The error of the approximation is below 0.0002, which matters
 * for large φ: the approximation reaches 8 at 5.22 deviations, the exact tail at 5.61. Common thresholds (Akka's 8) refer to
 * the approximation.
 */

/** The estimate of the interval between a member's heartbeats, in ms. */
export interface IntervalEstimate {
  readonly meanMs: number
  readonly deviationMs: number
}

const logit = (y: number): number => y * (1.5976 + 0.070566 * y * y)

/** φ for a heartbeat that is `y` standard deviations late. Finite for every finite y; grows with y. */
export function phiOfDeviations(y: number): number {
  const x = logit(y)
  // log(1 + eˣ), without the overflow of eˣ.
  const log1pExp = x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
  return log1pExp / Math.LN10
}

/** The inverse of `phiOfDeviations`, by bisection: the y at which φ reaches `threshold` > 0; Infinity for Infinity. */
export function deviationsOfPhi(threshold: number): number {
  if (threshold === Infinity) return Infinity
  let low = -40
  let high = 40
  while (phiOfDeviations(high) < threshold) high *= 2
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (phiOfDeviations(middle) < threshold) low = middle
    else high = middle
  }
  return high
}

/** φ after `elapsedMs` without a heartbeat. `pauseMs`: how much longer than the mean a gap may be. */
export function phi(elapsedMs: number, estimate: IntervalEstimate, pauseMs: number): number {
  return phiOfDeviations((elapsedMs - estimate.meanMs - pauseMs) / estimate.deviationMs)
}

/** The time without a heartbeat after which φ reaches the threshold. @param deviations from `deviationsOfPhi` */
export function gapUntilMs(deviations: number, estimate: IntervalEstimate, pauseMs: number): number {
  return estimate.meanMs + pauseMs + deviations * estimate.deviationMs
}
