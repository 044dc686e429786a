/** Gauges: the figures that one process measures of itself while it runs. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** The resolution of the event-loop delay. */
const resolutionMs = 5

export class Gauges {
  readonly #loop = monitorEventLoopDelay({ resolution: resolutionMs })
  readonly #lastChangeMs = new Map<string, number>()
  #longestGapMs = 0

  constructor() {
    this.#loop.enable()
  }

  /** The presence of another replica changed. */
  presenceChanged(other: string): void {
    this.#noteGap(other)
    this.#lastChangeMs.set(other, performance.now())
  }

  reset(): void {
    this.#loop.reset()
    this.#longestGapMs = 0
    const nowMs = performance.now()
    for (const other of this.#lastChangeMs.keys()) this.#lastChangeMs.set(other, nowMs)
  }

  get worstStallMs(): number {
    // The timer of the histogram itself adds that much.
    return Math.max(0, Math.round(this.#loop.max / 1e6 - resolutionMs))
  }

  /** Includes a gap that has not ended yet. */
  get presenceGapMs(): number | null {
    for (const other of this.#lastChangeMs.keys()) this.#noteGap(other)
    return this.#lastChangeMs.size === 0 ? null : Math.round(this.#longestGapMs)
  }

  #noteGap(other: string): void {
    const lastMs = this.#lastChangeMs.get(other)
    if (lastMs !== undefined) this.#longestGapMs = Math.max(this.#longestGapMs, performance.now() - lastMs)
  }
}
