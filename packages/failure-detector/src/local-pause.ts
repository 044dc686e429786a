import { Suspension } from './grace-period.ts'
import type { DetectorKnobs } from './parameters.ts'

/** By how much a call came too late. A host that called in the meantime was there, whatever was due: `lastCallMs`. */
export function lateMs(nowMs: number, deadlineMs: number, lastCallMs: number): number {
  return Math.max(0, nowMs - Math.max(deadlineMs, lastCallMs))
}

/** Our choice: longer than a member hears nothing from anybody, shorter than silence takes to be suspicious (phi). */
const lateTimersMs = 20_000

/**
 * Own stall: this member was stopped or asleep. Until a window has passed it gives no verdict on anybody, so
 * that what was said meanwhile can arrive. Stalls that follow one another share the budget of one suspension; when that
 * is used up, each still has a moment, as long as a stall is at least, in which the waiting messages are read.
 */
export class OwnStall {
  /** Where they are, a call is late without a stall. */
  timersAreLate = false
  readonly #knobs: DetectorKnobs
  readonly #suspension: Suspension
  #endedMs = -Infinity

  constructor(knobs: DetectorKnobs) {
    this.#knobs = knobs
    this.#suspension = new Suspension(knobs.probeIntervalMs)
  }

  /** Whether a call that came so late means that one was away. */
  explains(lateMs: number): boolean {
    return lateMs > this.#knobs.stallThresholdMs + (this.timersAreLate ? lateTimersMs : 0)
  }

  get awayUntilMs(): number {
    const { stallThresholdMs, awayMs } = this.#knobs
    return Math.max(this.#endedMs + Math.min(stallThresholdMs, awayMs), this.#suspension.untilMs)
  }

  /** Returns whether it is news: late timers and clocks that disagree are often two signs of one sleep. */
  ended(nowMs: number): boolean {
    if (nowMs <= this.#endedMs) return false
    this.#endedMs = nowMs
    this.#suspension.extend(nowMs + this.#knobs.awayMs, nowMs)
    return true
  }
}
