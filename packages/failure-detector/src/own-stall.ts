/** By how much a call came too late. A host that called in the meantime was there, whatever was due: `lastCallMs`. */
export function lateMs(nowMs: number, deadlineMs: number, lastCallMs: number): number {
  return Math.max(0, nowMs - Math.max(deadlineMs, lastCallMs))
}

/**
 * Own stall: this member was stopped or asleep. Until a window has passed it gives no verdict on anybody, so
 * that what was said meanwhile can arrive.
 */
export class OwnStall {
  readonly #windowMs: number
  #endedMs = -Infinity

  constructor(windowMs: number) {
    this.#windowMs = windowMs
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
