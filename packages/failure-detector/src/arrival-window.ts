/**
 * Arrival window: the last gaps between one member's heartbeats, and the estimate of their interval.
 * The window leaves out a gap that is too long, so that an outage does not change the estimate. After three
 * consecutive long gaps, the window drops all gaps and begins again.
 */
import type { IntervalEstimate } from './phi.ts'

/**
 * The number of stored gaps. Hayashibara §5 and Akka keep 1,000 samples. The last 32 have about the same mean
 * and need 1/30 of the memory.
 */
const capacity = 32
/**
 * This many consecutive long gaps mean that the heartbeat interval has changed, not that there is an outage.
 * Our choice.
 */
const gapsOfNewInterval = 3

export class ArrivalWindow {
  /**
   * The array is allocated at the first gap: in a large cluster, most members have sent only one heartbeat.
   */
  #gapsMs: Float32Array | undefined
  #count = 0
  #next = 0
  #longInARow = 0

  get count(): number {
    return this.#count
  }

  /** `longestMs`: the longest gap that the estimate accepts. */
  add(gapMs: number, longestMs: number): void {
    this.#longInARow = gapMs > longestMs ? this.#longInARow + 1 : 0
    if (this.#longInARow > 0 && this.#longInARow < gapsOfNewInterval) return
    if (this.#longInARow >= gapsOfNewInterval) this.clear()
    this.#gapsMs ??= new Float32Array(capacity)
    this.#gapsMs[this.#next] = gapMs
    this.#next = (this.#next + 1) % capacity
    this.#count = Math.min(capacity, this.#count + 1)
  }

  clear(): void {
    this.#count = 0
    this.#next = 0
    this.#longInARow = 0
  }

  /**
   * The estimate; undefined before the first gap. As in Akka, the mean and the deviation have lower bounds.
   */
  estimate(minMeanMs: number, minDeviationMs: (meanMs: number) => number): IntervalEstimate | undefined {
    const gapsMs = this.#gapsMs
    if (!gapsMs || this.#count === 0) return undefined
    let sum = 0
    for (let at = 0; at < this.#count; at++) sum += gapsMs[at] ?? 0
    const meanMs = sum / this.#count
    let squares = 0
    for (let at = 0; at < this.#count; at++) squares += ((gapsMs[at] ?? 0) - meanMs) ** 2
    const expectedMs = Math.max(minMeanMs, meanMs)
    return {
      meanMs: expectedMs,
      deviationMs: Math.max(minDeviationMs(expectedMs), Math.sqrt(squares / this.#count)),
    }
  }
}
