/**
 * Dial rate limiter: a token bucket for the WebRTC dials of a page.
 *
 * Chromium allows a page about 500 peer connections, and closed ones count until they are garbage-collected. Our choice: a
 * burst of 64 dials for joining a cluster, then one more every 30 s.
 */
const burst = 64
const refillMs = 30_000

export class DialRateLimiter {
  #tokens = burst
  #refilledMs: number

  constructor(nowMs: number) {
    this.#refilledMs = nowMs
  }

  /** Takes a token if there is one. @returns whether the dial is allowed */
  tryTake(nowMs: number): boolean {
    const refilled = Math.floor((nowMs - this.#refilledMs) / refillMs)
    this.#refilledMs += refilled * refillMs
    this.#tokens = Math.min(burst, this.#tokens + refilled)
    if (this.#tokens === 0) return false
    this.#tokens -= 1
    return true
  }
}
