/** Instant: one moment on two clocks. Durations are measured on the monotonic clock, dates on the epoch clock. */
export interface Instant {
  /** Milliseconds that never go back and never jump, from an arbitrary origin. */
  readonly monotonicMs: number
  /**
   * Milliseconds since 1970 by the wall clock of this computer, which may be wrong and may be changed. 0 if that clock shows
   * an earlier time: the times in facts are at least 0.
   */
  readonly epochMs: number
}

/** Our choice: drift and adjustments of clocks are smaller than this, and a suspended laptop loses more. */
export const clockStepMs = 2_000

/**
 * A moment in the past, with a date that fits the present wall clock. If that clock was set back since, its present time minus
 * the age of the moment; otherwise the same object. A clock that was set forward looks like the end of a suspension.
 */
export function redated(then: Instant, now: Instant): Instant {
  const epochMs = Math.floor(now.epochMs - now.monotonicMs + then.monotonicMs)
  return then.epochMs > epochMs + clockStepMs ? { ...then, epochMs } : then
}

/** Clock: reads the time and sets timers. */
export interface Clock {
  now(): Instant
  /**
   * Calls `callback` once at this monotonic time or soon after.
   *
   * @returns a function that cancels the timer
   */
  setTimer(atMonotonicMs: number, callback: () => void): () => void
}
