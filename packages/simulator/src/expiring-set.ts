/**
 * Expiring set: keys that expire. All keys of a set have the same lifetime, so they expire in the order in which
 * they were added.
 */
export class ExpiringSet {
  readonly #nowMs: () => number
  /** Key → time of expiry, in the order of expiry. */
  readonly #untilMs = new Map<string, number>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  add(key: string, forMs: number): void {
    // Delete the key first, so that it moves to the end of the order.
    this.#untilMs.delete(key)
    this.#untilMs.set(key, this.#nowMs() + forMs)
  }

  isActive(key: string): boolean {
    return (this.#untilMs.get(key) ?? Number.NEGATIVE_INFINITY) > this.#nowMs()
  }

  /** Whether the key was added and not swept yet, expired or not. */
  has(key: string): boolean {
    return this.#untilMs.has(key)
  }

  /** Removes the keys that expired at least this long ago. */
  sweep(afterMs = 0): void {
    for (const [key, untilMs] of this.#untilMs) {
      if (untilMs + afterMs > this.#nowMs()) return
      this.#untilMs.delete(key)
    }
  }
}
