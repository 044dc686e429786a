import { GracePeriod } from './grace-period.ts'
import type { DetectorParameters } from './parameters.ts'

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
export class LocalPause {
  /** Where they are, a call is late without a stall. */
  timersAreLate = false
  readonly #parameters: DetectorParameters
  readonly #grace: GracePeriod
  #endedMs = -Infinity
  #lastCallMs = -Infinity

  constructor(parameters: DetectorParameters) {
    this.#parameters = parameters
    this.#grace = new GracePeriod(parameters.probeIntervalMs)
  }

  /** Records a call of the host and returns by how much the call is late, in milliseconds. */
  recordCall(nowMs: number, deadlineMs: number): number {
    const ms = lateMs(nowMs, deadlineMs, this.#lastCallMs)
    this.#lastCallMs = nowMs
    return ms
  }

  /** Whether a call that came so late means that one was away. */
  isPause(lateMs: number): boolean {
    return lateMs > this.#parameters.pauseThresholdMs + (this.timersAreLate ? lateTimersMs : 0)
  }

  get graceUntilMs(): number {
    const { pauseThresholdMs, pauseGraceMs } = this.#parameters
    return Math.max(this.#endedMs + Math.min(pauseThresholdMs, pauseGraceMs), this.#grace.untilMs)
  }

  /** Returns whether it is news: late timers and clocks that disagree are often two signs of one sleep. */
  resumed(nowMs: number): boolean {
    if (nowMs <= this.#endedMs) return false
    this.#endedMs = nowMs
    this.#grace.extend(nowMs + this.#parameters.pauseGraceMs, nowMs)
    return true
  }
}
