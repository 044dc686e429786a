/**
 * Suspend detector: detects that the computer was suspended, or its clock was set.
 *
 * While the computer is suspended, the wall clock advances and the monotonic clock does not. A clock that is set forward
 * looks the same.
 */
import type { Instant } from '../base/clock.ts'

/** Our choice: drift and adjustments of clocks are smaller than this, and a suspended laptop loses more. */
const thresholdMs = 2_000

export class SuspendDetector {
  #aheadMs: number

  constructor(now: Instant) {
    this.#aheadMs = aheadMs(now)
  }

  /** Whether the wall clock was set, or the computer was suspended, since the last call of `suspendedMs`. */
  hasClockStepped(now: Instant): boolean {
    return Math.abs(aheadMs(now) - this.#aheadMs) > thresholdMs
  }

  /** How long the computer was suspended since the last call; 0 if it was not. */
  suspendedMs(now: Instant): number {
    const ms = aheadMs(now) - this.#aheadMs
    this.#aheadMs += ms
    return ms > thresholdMs ? ms : 0
  }
}

const aheadMs = ({ epochMs, monotonicMs }: Instant): number => epochMs - monotonicMs
