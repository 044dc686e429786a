import type { DetectorParameters } from './parameters.ts'

/**
 * How soon refuting the same accuser again may worsen local health: a quarter later than the slowest probe makes it
 * better, so that a member whose probes are answered gets well, however often one lies about it.
 */
export function penaltyIntervalMs({ maxLocalHealth, probeIntervalMs }: DetectorParameters): number {
  return 1.25 * (1 + maxLocalHealth) * probeIntervalMs
}

/**
 * Local health: a member's doubt in itself, 0 (well) to `maxLocalHealth`. Lifeguard §IV.A.
 *
 * −1 for a probe that was answered; +1 for each helper that should have said "nack" and did not, for having been
 * away, and for refuting a suspicion about oneself, which of each accuser counts only now and then: one may lie. It
 * stretches the probe's interval and timeout, never a suspicion.
 */
export class LocalHealth {
  readonly #parameters: DetectorParameters
  #score = 0
  /** Accuser → when refuting it counted last; the longest ago first. */
  readonly #refutedMs = new Map<string, number>()

  constructor(parameters: DetectorParameters) {
    this.#parameters = parameters
  }

  get score(): number {
    return this.#score
  }

  /** What to multiply interval and timeout with: 1…1 + `maxLocalHealth`. */
  get scale(): number {
    return 1 + this.#score
  }

  change(by: number): void {
    this.#score = Math.min(this.#parameters.maxLocalHealth, Math.max(0, this.#score + by))
  }

  /** This member refuted a suspicion about itself. */
  refuted(observer: string, nowMs: number): void {
    for (const [id, sinceMs] of this.#refutedMs)
      if (nowMs >= sinceMs + penaltyIntervalMs(this.#parameters)) this.#refutedMs.delete(id)
    if (this.#refutedMs.has(observer)) return
    this.#refutedMs.set(observer, nowMs)
    this.change(+1)
  }
}
