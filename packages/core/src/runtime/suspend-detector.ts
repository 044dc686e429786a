/**
 * Sleep watch: whether the machine was asleep, or its clock was set.
 *
 * After a sleep the wall clock went on while the monotonic one stood still; a clock that was set forward looks the same.
 */
import type { Instant } from '../base/clock.ts'

/** Clocks drift and are adjusted by less than this; a lid that closes takes more. */
const thresholdMs = 2_000

export class SuspendDetector {
  #aheadMs: number

  constructor(now: Instant) {
    this.#aheadMs = aheadMs(now)
  }

  /** Whether the wall clock was set, or the machine slept, since one of the two was asked last. */
  hasClockStepped(now: Instant): boolean {
    return Math.abs(aheadMs(now) - this.#aheadMs) > thresholdMs
  }

  /** For how long it slept since it was asked last; 0: it did not. */
  suspendedMs(now: Instant): number {
    const ms = aheadMs(now) - this.#aheadMs
    this.#aheadMs += ms
    return ms > thresholdMs ? ms : 0
  }
}

const aheadMs = ({ epochMs, monotonicMs }: Instant): number => epochMs - monotonicMs
