/**
 * System clock: the driver's time in production.
 *
 * A timer calls back after the sockets were read in its turn of the event loop: an answer that has arrived is
 * heard before its timeout.
 */
import type { Clock } from '../../base/clock.ts'

/** setTimeout counts in 32 bits. */
const maxDelayMs = 2_147_483_647

export const systemClock: Clock = {
  now: () => ({ monotonicMs: performance.now(), epochMs: Date.now() }),
  setTimer(atMonotonicMs, callback) {
    const delayMs = Math.min(maxDelayMs, Math.max(0, atMonotonicMs - performance.now()))
    let immediate: ReturnType<typeof setImmediate> | undefined
    const timer = setTimeout(() => {
      immediate = setImmediate(callback)
    }, Math.ceil(delayMs))
    return () => {
      clearTimeout(timer)
      clearImmediate(immediate)
    }
  },
}
