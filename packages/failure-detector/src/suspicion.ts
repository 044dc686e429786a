import { remainingSuspicionMs } from './suspicion-timeout.ts'

/** The first and all the confirmations that can be wanted; the rest of a large cluster need not be listed. */
export const maxObservers = 16

export interface SuspicionBounds {
  readonly minMs: number
  readonly maxMs: number
  /** Confirmations wanted. */
  readonly k: number
  readonly hardFloorMs: number
}

/** How many hard observers make a suspicion hard, and who counts as one. */
export interface HardQuorum {
  readonly wanted: number
  readonly counts: (observer: string) => boolean
}

/**
 * Suspicion: the deadline only ever moves earlier, and never before `minMs` without hard evidence,
 * never before `hardFloorMs` with it. An observer counts once.
 */
export class Suspicion {
  readonly sinceMs: number
  readonly #bounds: SuspicionBounds
  readonly #observers = new Map<string, { hard: boolean }>()
  #hardSinceMs = Infinity
  #deadlineMs: number

  constructor(bounds: SuspicionBounds, nowMs: number) {
    this.sinceMs = nowMs
    this.#bounds = bounds
    this.#deadlineMs = nowMs + bounds.maxMs
  }

  /** The same claims, and from now on its own. */
  copy(): Suspicion {
    const copy = new Suspicion(this.#bounds, this.sinceMs)
    for (const [observer, { hard }] of this.#observers) copy.#observers.set(observer, { hard })
    copy.#hardSinceMs = this.#hardSinceMs
    copy.#deadlineMs = this.#deadlineMs
    return copy
  }

  get deadlineMs(): number {
    return this.#deadlineMs
  }

  get observers(): readonly string[] {
    return [...this.#observers.keys()]
  }

  /** Whether a claim of `observer` would still make a difference: further soft ones do not once k have confirmed. */
  wants(observer: string, hard: boolean): boolean {
    return this.#isNews(observer, hard) && (hard || this.#observers.size <= this.#bounds.k)
  }

  /** Counts a claim. */
  observe(observer: string, hard: boolean, quorum: HardQuorum, nowMs: number): void {
    if (this.#isNews(observer, hard)) {
      this.#observers.set(observer, { hard })
      if (hard) this.#hardSinceMs = Math.min(this.#hardSinceMs, nowMs)
    }
    this.tighten(quorum)
  }

  /** Takes the deadline that the present claims allow, if it is earlier. */
  tighten(quorum: HardQuorum): void {
    const { minMs, maxMs, k, hardFloorMs } = this.#bounds
    const confirmations = Math.max(0, this.#observers.size - 1)
    const softMs = this.sinceMs + remainingSuspicionMs(confirmations, k, 0, minMs, maxMs)
    // Counted from the first refusal, not from the start: a restart just now gets the whole floor.
    const hardMs = this.#hardCount(quorum) >= quorum.wanted ? this.#hardSinceMs + hardFloorMs : Infinity
    this.#deadlineMs = Math.min(this.#deadlineMs, softMs, hardMs)
  }

  /** A new voice, or soft become hard. */
  #isNews(observer: string, hard: boolean): boolean {
    const known = this.#observers.get(observer)
    if (known === undefined) return this.#observers.size < maxObservers
    return hard && !known.hard
  }

  #hardCount(quorum: HardQuorum): number {
    let count = 0
    for (const [observer, { hard }] of this.#observers) if (hard && quorum.counts(observer)) count += 1
    return count
  }
}
