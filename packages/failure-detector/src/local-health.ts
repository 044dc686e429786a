import type { DetectorKnobs } from './knobs.ts'

/**
 * How soon one refutation may worsen local health after another: a quarter later than the slowest probe makes it
 * better, so that a member whose probes are answered gets well, however often others lie about it.
 */
export function refutationDoubtMs({ maxLocalHealth, probeIntervalMs }: DetectorKnobs): number {
  return 1.25 * (1 + maxLocalHealth) * probeIntervalMs
}

/**
 * Local health: a member's doubt in itself, 0 (well) to `maxLocalHealth`. Lifeguard §IV.A.
 *
 * −1 for a probe that was answered; +1 for each helper that should have said "nack" and did not, for having been
 * away, and for refuting a suspicion about oneself, which others may cause and which counts only now and then. It
 * stretches the probe's interval and timeout, never a suspicion.
 */
export class LocalHealth {
  readonly #knobs: DetectorKnobs
  #score = 0
  #refutedMs = -Infinity

  constructor(knobs: DetectorKnobs) {
    this.#knobs = knobs
  }

  get score(): number {
    return this.#score
  }

  /** What to multiply interval and timeout with: 1…1 + `maxLocalHealth`. */
  get scale(): number {
    return 1 + this.#score
  }

  change(by: number): void {
    this.#score = Math.min(this.#knobs.maxLocalHealth, Math.max(0, this.#score + by))
  }

  /** This member refuted a suspicion about itself. */
  refuted(nowMs: number): void {
    if (nowMs < this.#refutedMs + refutationDoubtMs(this.#knobs)) return
    this.#refutedMs = nowMs
    this.change(+1)
  }
}
