import { GracePeriod } from './grace-period.ts'
import type { DetectorParameters } from './parameters.ts'

/** By how much a call is late. The host was running at its last call, so lateness counts from then on at the earliest. */
export function lateMs(nowMs: number, deadlineMs: number, lastCallMs: number): number {
  return Math.max(0, nowMs - Math.max(deadlineMs, lastCallMs))
}

/** Our choice: 20 s is longer than the local member receives nothing, and shorter than the silence at which phi suspects. */
const lateTimersMs = 20_000

/**
 * Local pause: the local process was stopped, or the machine was suspended. For `pauseGraceMs` after a pause the detector
 * judges no member, so that messages of the meantime can arrive. Repeated pauses share the budget of one grace period;
 * without budget, a pause still gets `pauseThresholdMs`, in which the host reads the waiting messages.
 */
export class LocalPause {
  /** Timers of the host fire late without a pause. Writer: the `timers` input. */
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

  /** Whether a call that is so late shows a pause. */
  isPause(lateMs: number): boolean {
    return lateMs > this.#parameters.pauseThresholdMs + (this.timersAreLate ? lateTimersMs : 0)
  }

  get graceUntilMs(): number {
    const { pauseThresholdMs, pauseGraceMs } = this.#parameters
    return Math.max(this.#endedMs + Math.min(pauseThresholdMs, pauseGraceMs), this.#grace.untilMs)
  }

  /** Records the end of a pause. Returns false if it is known already: late timers and diverging clocks are often two signs of one pause. */
  resumed(nowMs: number): boolean {
    if (nowMs <= this.#endedMs) return false
    this.#endedMs = nowMs
    this.#grace.extend(nowMs + this.#parameters.pauseGraceMs, nowMs)
    return true
  }
}
