/**
 * Sleep watch: whether the machine was asleep.
 *
 * Then the wall clock went on while the monotonic one stood still.
 */
import type { Instant } from '../state/instant.ts'

/** Clocks drift and are adjusted by less than this; a lid that closes takes more. */
const thresholdMs = 2_000

export class SleepWatch {
  #aheadMs: number

  constructor(now: Instant) {
    this.#aheadMs = aheadMs(now)
  }

  /** For how long it slept since it was asked last; 0: it did not. */
  sleptMs(now: Instant): number {
    const ms = aheadMs(now) - this.#aheadMs
    this.#aheadMs += ms
    return ms > thresholdMs ? ms : 0
  }
}

const aheadMs = ({ epochMs, monotonicMs }: Instant): number => epochMs - monotonicMs
