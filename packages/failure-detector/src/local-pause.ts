/**
 * Local pause: the local process was stopped, or the machine was suspended. For `pauseGraceMs` after a pause the detector
 * neither suspects a member nor declares it dead, so that messages that were sent during the pause can arrive. Repeated
 * pauses share the budget of one grace period. When the budget is used up, the detector still waits for `pauseThresholdMs`
 * after a pause, so that the host can read the waiting messages.
 */
import { GracePeriod } from './grace-period.ts'
import type { DetectorParameters } from './parameters.ts'

/**
 * How late a call of the host is: the time since the deadline or, if the host made an earlier call after the
 * deadline, the time since that call. The host was running at that call.
 */
export function lateMs(nowMs: number, deadlineMs: number, lastCallMs: number): number {
  return Math.max(0, nowMs - Math.max(deadlineMs, lastCallMs))
}

/**
 * How much later a call may be while the host reports that timers fire late. Our choice: 20 s is longer than
 * the intervals in which the local member normally receives nothing, and shorter than the silence that raises
 * a suspicion.
 */
const lateTimersMs = 20_000

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

  /** Whether a call that is late by `lateMs` proves a pause. */
  isPause(lateMs: number): boolean {
    return lateMs > this.#parameters.pauseThresholdMs + (this.timersAreLate ? lateTimersMs : 0)
  }

  get graceUntilMs(): number {
    const { pauseThresholdMs, pauseGraceMs } = this.#parameters
    return Math.max(this.#endedMs + Math.min(pauseThresholdMs, pauseGraceMs), this.#grace.untilMs)
  }

  /**
   * Records the end of a pause. Returns false if the pause is known already: late timers and diverging clocks
   * are often two signs of one pause.
   */
  resumed(nowMs: number): boolean {
    if (nowMs <= this.#endedMs) return false
    this.#endedMs = nowMs
    this.#grace.extend(nowMs + this.#parameters.pauseGraceMs, nowMs)
    return true
  }
}
