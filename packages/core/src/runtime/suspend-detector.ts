/**
 * Suspend detector: detects that the computer was suspended, or its clock was set.
 *
 * While the computer is suspended, the wall clock advances and the monotonic clock does not. A clock that is set forward
 * looks the same.
 */
import { clockStepMs, type Instant } from '../base/clock.ts'

export class SuspendDetector {
  #aheadMs: number

  constructor(now: Instant) {
    this.#aheadMs = aheadMs(now)
  }

  /** Whether the wall clock was set, or the computer was suspended, since the last call of `suspendedMs`. */
  hasClockStepped(now: Instant): boolean {
    return Math.abs(aheadMs(now) - this.#aheadMs) > clockStepMs
  }

  /** How long the computer was suspended since the last call; 0 if it was not. */
  suspendedMs(now: Instant): number {
    const ms = aheadMs(now) - this.#aheadMs
    this.#aheadMs += ms
    return ms > clockStepMs ? ms : 0
  }
}

const aheadMs = ({ epochMs, monotonicMs }: Instant): number => epochMs - monotonicMs
