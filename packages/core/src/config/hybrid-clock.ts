/**
 * Hybrid clock: times for entries that many write, close to the wall clock and never before what was seen.
 *
 * Hybrid logical clocks (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014, §3), with the wall clock in whole
 * milliseconds. A time is the pair of milliseconds and a count; who writes after having seen a time writes a later one.
 */
export interface HybridTime {
  /** Epoch milliseconds. */
  readonly epochMs: number
  readonly count: number
}

/** More writes in one millisecond than this move on to the next one. */
const maxCount = 0xffff

export class HybridClock {
  #last: HybridTime = { epochMs: 0, count: 0 }

  /** A time later than all that were seen. */
  next(wallEpochMs: number): HybridTime {
    const { epochMs, count } = this.#last
    if (wallEpochMs > epochMs) this.#last = { epochMs: wallEpochMs, count: 0 }
    else if (count < maxCount) this.#last = { epochMs, count: count + 1 }
    else this.#last = { epochMs: epochMs + 1, count: 0 }
    return this.#last
  }

  /** Begins anew after this time: what was seen before came from a clock that was ahead. */
  setBack(time: HybridTime): void {
    this.#last = { epochMs: time.epochMs, count: time.count }
  }

  /** The latest time that was seen or given. */
  get last(): HybridTime {
    return this.#last
  }

  /** Somebody wrote at this time. */
  observe(time: HybridTime): void {
    if (compareTimes(time, this.#last) > 0) this.#last = { epochMs: time.epochMs, count: time.count }
  }
}

/** Negative: a is earlier. */
export function compareTimes(a: HybridTime, b: HybridTime): number {
  return a.epochMs - b.epochMs || a.count - b.count
}
