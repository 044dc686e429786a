/**
 * Local health: a score from 0 (healthy) to `maxLocalHealth` for how slow the local member itself is.
 * Lifeguard §IV.A.
 *
 * An answered probe subtracts 1. Four events add 1 each: a missing nack, a failed probe for which there was no proxy, a
 * local pause, and the refutation of a suspicion.
 * Because an observer may lie, refutations of the same observer's suspicions add at most 1 per
 * `penaltyIntervalMs`. The score stretches the probe interval and the probe timeout, never a suspicion.
 */
import type { DetectorParameters } from './parameters.ts'

/**
 * The minimum interval, in ms, between two refutations of one observer's suspicions that raise the score. The minimum is a
 * quarter longer than the slowest probe interval, and an answered probe lowers the score once per interval. So one lying
 * observer cannot keep the score high.
 */
export function penaltyIntervalMs({ maxLocalHealth, probeIntervalMs }: DetectorParameters): number {
  return 1.25 * (1 + maxLocalHealth) * probeIntervalMs
}

export class LocalHealth {
  readonly #parameters: DetectorParameters
  #score = 0
  /** Observer → when a refutation of its suspicion last raised the score; the oldest first. */
  readonly #refutedMs = new Map<string, number>()

  constructor(parameters: DetectorParameters) {
    this.#parameters = parameters
  }

  get score(): number {
    return this.#score
  }

  /** The factor for the probe interval and the probe timeout: 1 to 1 + `maxLocalHealth`. */
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
