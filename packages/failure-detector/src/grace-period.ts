/** How long judgement may be suspended in one go, in probe intervals. Our choice: a network change of ten, and a window after it. */
const maxIntervals = 12

/**
 * Suspension: the time in which this member gives no verdict, for a reason of its own.
 *
 * It lasts twelve intervals in one go at most, however often it is extended: a budget is used up while it lasts, and
 * comes back as fast while it does not. So one cause that comes again and again suspends half of the time at most.
 */
export class GracePeriod {
  readonly #maxMs: number
  /** What was left of the budget then. */
  #remaining: { readonly ms: number; readonly atMs: number }
  #untilMs = -Infinity

  constructor(probeIntervalMs: number) {
    this.#maxMs = maxIntervals * probeIntervalMs
    this.#remaining = { ms: this.#maxMs, atMs: -Infinity }
  }

  get untilMs(): number {
    return this.#untilMs
  }

  /** Lasts until then, as far as the budget goes; never shorter than it would have. */
  extend(untilMs: number, nowMs: number): void {
    this.set(Math.max(untilMs, this.#untilMs), nowMs)
  }

  /** Lasts until then, as far as the budget goes; `-Infinity`: it ends now. */
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
