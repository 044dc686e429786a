import type { IntervalEstimate } from './phi.ts'

/** Hayashibara §5 uses 1,000 samples and Akka too; the last dozens carry the same mean in 1/30 of the memory. */
const capacity = 32
/** So many gaps in a row that are too long are no outage but a new rhythm. */
const gapsOfNewRhythm = 3

/**
 * Arrival window: the last gaps between one member's heartbeats, and their rhythm.
 * An outage is not learned: a gap longer than any accepted one is left out, unless it becomes the rule.
 */
export class ArrivalWindow {
  /** Made for the first gap: in a large cluster most members were heard once. */
  #gapsMs: Float32Array | undefined
  #count = 0
  #next = 0
  #longInARow = 0

  get count(): number {
    return this.#count
  }

  /** `longestMs`: the longest gap that still counts as ordinary. */
  add(gapMs: number, longestMs: number): void {
    this.#longInARow = gapMs > longestMs ? this.#longInARow + 1 : 0
    if (this.#longInARow > 0 && this.#longInARow < gapsOfNewRhythm) return
    if (this.#longInARow >= gapsOfNewRhythm) this.clear()
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

  /** Undefined before the first gap. Both have a floor, the deviation as in Akka; its floor follows from the mean. */
  rhythm(minMeanMs: number, minDeviationMs: (meanMs: number) => number): IntervalEstimate | undefined {
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
