/**
 * Grace period: a time in which the detector neither suspects a member nor declares it dead, because of a local cause.
 *
 * A grace period lasts at most twelve probe intervals without interruption, however often it is extended. The grace period
 * consumes a budget while it lasts, and the budget grows back at the same rate afterwards. So a cause that recurs prevents
 * suspicions and deaths for at most half of the time.
 */

/**
 * The longest uninterrupted grace period, in probe intervals. Our choice: ten intervals in which the host
 * changes its network, and two in which it reaches the other members again.
 */
const maxIntervals = 12

export class GracePeriod {
  readonly #maxMs: number
  /** The part of the budget that is left at `atMs`. */
  #remaining: { readonly ms: number; readonly atMs: number }
  #untilMs = -Infinity

  constructor(probeIntervalMs: number) {
    this.#maxMs = maxIntervals * probeIntervalMs
    this.#remaining = { ms: this.#maxMs, atMs: -Infinity }
  }

  get untilMs(): number {
    return this.#untilMs
  }

  /** Extends the period to `untilMs` within the budget. Never shortens it. */
  extend(untilMs: number, nowMs: number): void {
    this.set(Math.max(untilMs, this.#untilMs), nowMs)
  }

  /** Ends the period at `untilMs`, or earlier when the budget ends; `-Infinity` ends it now. */
  set(untilMs: number, nowMs: number): void {
    const ms = this.#remainingAt(nowMs)
    this.#remaining = { ms, atMs: nowMs }
    this.#untilMs = Math.min(untilMs, nowMs + ms)
  }

  #remainingAt(nowMs: number): number {
    const { ms, atMs } = this.#remaining
    const endMs = Math.min(nowMs, Math.max(atMs, this.#untilMs))
    if (atMs === -Infinity) return ms
    return Math.min(this.#maxMs, ms - (endMs - atMs) + (nowMs - endMs))
  }
}
