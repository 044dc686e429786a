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
