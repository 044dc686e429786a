/**
 * Local health: a member's doubt in itself, 0 (well) to `max`. Lifeguard §IV.A.
 *
 * −1 for a probe that was answered; +1 for each helper that should have said "nack" and did not, for
 * refuting a suspicion about oneself, and for having been away. It stretches the probe's interval and
 * timeout, never a suspicion.
 */
export class LocalHealth {
  readonly #max: number
  #score = 0

  constructor(max: number) {
    this.#max = max
  }

  get score(): number {
    return this.#score
  }

  /** What to multiply interval and timeout with: 1…1 + max. */
  get scale(): number {
    return 1 + this.#score
  }

  change(by: number): void {
    this.#score = Math.min(this.#max, Math.max(0, this.#score + by))
  }
}
