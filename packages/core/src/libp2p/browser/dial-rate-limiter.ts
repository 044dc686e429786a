/**
 * Dial budget: WebRTC dials that a page may still make.
 *
 * Chromium gives a page some 500 peer connections in its life, and closed ones count until they are collected. So
 * dials are saved up: a burst to join a cluster with, and then no more than a steady few.
 */
const burst = 64
const refillMs = 30_000

export class DialRateLimiter {
  #tokens = burst
  #refilledMs: number

  constructor(nowMs: number) {
    this.#refilledMs = nowMs
  }

  /** Whether one more dial may be made now; if so, it counts. */
  tryTake(nowMs: number): boolean {
    const saved = Math.floor((nowMs - this.#refilledMs) / refillMs)
    this.#refilledMs += saved * refillMs
    this.#tokens = Math.min(burst, this.#tokens + saved)
    if (this.#tokens === 0) return false
    this.#tokens -= 1
    return true
  }
}
