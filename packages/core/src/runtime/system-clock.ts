/** System clock: the clock and the timers of this process. In the background, timers of a page are late. */
import type { Clock } from '../base/clock.ts'

/** setTimeout counts in 32 bits. */
const maxDelayMs = 2_147_483_647

export const systemClock: Clock = {
  now: () => ({ monotonicMs: performance.now(), epochMs: Math.max(0, Date.now()) }),
  setTimer(atMonotonicMs, callback) {
    const delayMs = Math.min(maxDelayMs, Math.max(0, atMonotonicMs - performance.now()))
    const timer = setTimeout(callback, Math.ceil(delayMs))
    return () => clearTimeout(timer)
  },
}
