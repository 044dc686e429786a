/**
 * Hybrid clock: gives times to entries by many writers. A time is close to the wall clock, and never before an observed time.
 *
 * Hybrid logical clocks (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014, §3), with the wall clock in whole
 * milliseconds. A time is a pair of milliseconds and a count. A write after an observed time has a later time.
 */
export interface HybridTime {
  /** Epoch milliseconds. */
  readonly epochMs: number
  readonly count: number
}

/** Further writes in the same millisecond get the next millisecond. */
const maxCount = 0xffff

export class HybridClock {
  #last: HybridTime = { epochMs: 0, count: 0 }

  /** A time later than all observed times. */
  next(wallEpochMs: number): HybridTime {
    const { epochMs, count } = this.#last
    if (wallEpochMs > epochMs) this.#last = { epochMs: wallEpochMs, count: 0 }
    else if (count < maxCount) this.#last = { epochMs, count: count + 1 }
    else this.#last = { epochMs: epochMs + 1, count: 0 }
    return this.#last
  }

  /** Sets the clock back to this time, because later observed times came from a clock that was ahead. */
  setBack(time: HybridTime): void {
    this.#last = { epochMs: time.epochMs, count: time.count }
  }

  /** The latest time that was observed or returned. */
  get last(): HybridTime {
    return this.#last
  }

  /** Records the time of an entry, so that later times are after it. */
  observe(time: HybridTime): void {
    if (compareTimes(time, this.#last) > 0) this.#last = { epochMs: time.epochMs, count: time.count }
  }
}

/** Negative: a is earlier. */
export function compareTimes(a: HybridTime, b: HybridTime): number {
  return a.epochMs - b.epochMs || a.count - b.count
}
