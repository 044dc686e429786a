import type { DetectorParameters } from './parameters.ts'

/**
 * How often refuting the same observer may raise the score, in ms: a quarter more than the slowest probe interval, in
 * which an answered probe lowers the score. So one lying observer cannot keep the score up.
 */
export function penaltyIntervalMs({ maxLocalHealth, probeIntervalMs }: DetectorParameters): number {
  return 1.25 * (1 + maxLocalHealth) * probeIntervalMs
}

/**
 * Local health: a score from 0 (healthy) to `maxLocalHealth` for how slow the local member is itself. Lifeguard §IV.A.
 *
 * An answered probe subtracts 1. A missing nack, a local pause and the refutation of a suspicion add 1 each; the
 * refutations of one observer count rarely, since one observer may lie. The score stretches the probe interval and
 * timeout, never a suspicion.
 */
export class LocalHealth {
  readonly #parameters: DetectorParameters
  #score = 0
  /** Observer → when the last refutation counted; the oldest first. */
  readonly #refutedMs = new Map<string, number>()

  constructor(parameters: DetectorParameters) {
    this.#parameters = parameters
  }

  get score(): number {
    return this.#score
  }

  /** The factor for interval and timeout: 1 to 1 + `maxLocalHealth`. */
  get scale(): number {
    return 1 + this.#score
  }

  change(by: number): void {
    this.#score = Math.min(this.#parameters.maxLocalHealth, Math.max(0, this.#score + by))
  }

  /** Records that the local member refuted a suspicion of `observer`. */
  refuted(observer: string, nowMs: number): void {
    for (const [id, sinceMs] of this.#refutedMs)
      if (nowMs >= sinceMs + penaltyIntervalMs(this.#parameters)) this.#refutedMs.delete(id)
    if (this.#refutedMs.has(observer)) return
    this.#refutedMs.set(observer, nowMs)
    this.change(+1)
  }
}
