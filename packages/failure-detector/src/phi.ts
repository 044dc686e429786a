/**
 * Phi accrual: φ(t) = −log₁₀ P(the next heartbeat comes later than t), no unit. 1 is a doubt that is wrong in
 * one case of 10, 8 in one of 10⁸. Hayashibara et al., "The φ accrual failure detector", SRDS 2004, §4.
 *
 * The normal distribution's tail is taken by the logistic approximation that Akka uses,
 * P(Y > y) ≈ 1 / (1 + exp(1.5976 y + 0.070566 y³)) (Page 1977; Bowling et al. 2009). It is off by less than 0.0002;
 * far out that is much in φ: 8 is reached at 5.22 deviations, where the exact tail has it at 5.61. Thresholds in
 * use (Akka's 8) mean this scale.
 */

/** What was learned of a member's heartbeats, in ms. */
export interface IntervalEstimate {
  readonly meanMs: number
  readonly deviationMs: number
}

const logit = (y: number): number => y * (1.5976 + 0.070566 * y * y)

/** φ for `y` standard deviations beyond what is expected. Finite for every finite y, and grows with y. */
export function phiOfDeviations(y: number): number {
  const x = logit(y)
  // log(1 + eˣ), without the overflow of eˣ.
  const log1pExp = x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
  return log1pExp / Math.LN10
}

/** The inverse of `phiOfDeviations`, by bisection: y at which φ reaches `threshold` > 0; Infinity for Infinity. */
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

/** φ after `elapsedMs` without a heartbeat, when `pauseMs` beyond the mean is nothing to worry about. */
export function phi(elapsedMs: number, rhythm: IntervalEstimate, pauseMs: number): number {
  return phiOfDeviations((elapsedMs - rhythm.meanMs - pauseMs) / rhythm.deviationMs)
}

/** After how much silence φ reaches the threshold that `deviations` stands for. */
export function gapUntilMs(deviations: number, rhythm: IntervalEstimate, pauseMs: number): number {
  return rhythm.meanMs + pauseMs + deviations * rhythm.deviationMs
}
