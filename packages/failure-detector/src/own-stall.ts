/** By how much a call came too late. A host that called in the meantime was there, whatever was due: `lastCallMs`. */
export function lateMs(nowMs: number, deadlineMs: number, lastCallMs: number): number {
  return Math.max(0, nowMs - Math.max(deadlineMs, lastCallMs))
}

/** Our choice: longer than a member hears nothing from anybody, shorter than silence takes to be suspicious (phi). */
const lateTimersMs = 20_000

/**
 * Own stall: this member was stopped or asleep. Until a window has passed it gives no verdict on anybody, so
 * that what was said meanwhile can arrive.
 */
export class OwnStall {
  /** Where they are, a call is late without a stall. */
  timersAreLate = false
  readonly #thresholdMs: number
  readonly #windowMs: number
  #endedMs = -Infinity

  constructor(thresholdMs: number, windowMs: number) {
    this.#thresholdMs = thresholdMs
    this.#windowMs = windowMs
  }

  /** Whether a call that came so late means that one was away. */
  explains(lateMs: number): boolean {
    return lateMs > this.#thresholdMs + (this.timersAreLate ? lateTimersMs : 0)
  }

  get awayUntilMs(): number {
    return this.#endedMs + this.#windowMs
  }

  /** Returns whether it is news: late timers and clocks that disagree are often two signs of one sleep. */
  ended(nowMs: number): boolean {
    const isNews = nowMs > this.#endedMs
    this.#endedMs = nowMs
    return isNews
  }
}
