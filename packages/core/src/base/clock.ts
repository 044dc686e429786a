/** Instant: what time it is, twice. Durations are taken from the monotonic clock, dates from the epoch. */
export interface Instant {
  /** Milliseconds that never go back and do not jump. */
  readonly monotonicMs: number
  /** Milliseconds since 1970, as this machine believes. */
  readonly epochMs: number
}

/** The time, and timers. */
export interface Clock {
  now(): Instant
  /** Calls back once at this monotonic time or soon after. Returns its undo. */
  setTimer(atMonotonicMs: number, callback: () => void): () => void
}
