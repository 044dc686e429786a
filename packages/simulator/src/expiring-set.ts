/** Expiring: keys that hold for a while. All that is put in holds equally long, or the order is not that of expiry. */
export class ExpiringSet {
  readonly #nowMs: () => number
  /** Key → until when, in the order of expiry. */
  readonly #untilMs = new Map<string, number>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  add(key: string, forMs: number): void {
    // Deleted first, so that the order stays that of expiry.
    this.#untilMs.delete(key)
    this.#untilMs.set(key, this.#nowMs() + forMs)
  }

  isActive(key: string): boolean {
    return (this.#untilMs.get(key) ?? Number.NEGATIVE_INFINITY) > this.#nowMs()
  }

  /** Whether it was put in and not forgotten yet, expired or not. */
  has(key: string): boolean {
    return this.#untilMs.has(key)
  }

  /** Forgets what expired so long ago. */
  sweep(afterMs = 0): void {
    for (const [key, untilMs] of this.#untilMs) {
      if (untilMs + afterMs > this.#nowMs()) return
      this.#untilMs.delete(key)
    }
  }
}
