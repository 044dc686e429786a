import { remainingSuspicionMs } from './suspicion-timeout.ts'

/** The first and all the confirmations that can be wanted; the rest of a large cluster need not be listed. */
export const maxObservers = 16

export interface SuspicionBounds {
  readonly minMs: number
  readonly maxMs: number
  /** Confirmations wanted. */
  readonly k: number
  readonly refusedFloorMs: number
}

/** How many hard observers make a suspicion hard, and who counts as one. */
export interface RefusedQuorum {
  readonly wanted: number
  readonly counts: (observer: string) => boolean
}

/**
 * Suspicion: the deadline only ever moves earlier, and never before `minMs` without hard evidence,
 * never before `refusedFloorMs` with it. An observer counts once.
 */
export class Suspicion {
  readonly sinceMs: number
  readonly #bounds: SuspicionBounds
  readonly #observers = new Map<string, { refused: boolean }>()
  #refusedSinceMs = Infinity
  #deadlineMs: number

  constructor(bounds: SuspicionBounds, nowMs: number) {
    this.sinceMs = nowMs
    this.#bounds = bounds
    this.#deadlineMs = nowMs + bounds.maxMs
  }

  /** The same claims, and from now on its own. */
  copy(): Suspicion {
    const copy = new Suspicion(this.#bounds, this.sinceMs)
    for (const [observer, { refused }] of this.#observers) copy.#observers.set(observer, { refused })
    copy.#refusedSinceMs = this.#refusedSinceMs
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
  isNeeded(observer: string, refused: boolean): boolean {
    return this.#isNew(observer, refused) && (refused || this.#observers.size <= this.#bounds.k)
  }

  /** Counts a claim. */
  observe(observer: string, refused: boolean, quorum: RefusedQuorum, nowMs: number): void {
    if (this.#isNew(observer, refused)) {
      this.#observers.set(observer, { refused })
      if (refused) this.#refusedSinceMs = Math.min(this.#refusedSinceMs, nowMs)
    }
    this.tighten(quorum)
  }

  /** Takes the deadline that the present claims allow, if it is earlier. */
  tighten(quorum: RefusedQuorum): void {
    const { minMs, maxMs, k, refusedFloorMs } = this.#bounds
    const confirmations = Math.max(0, this.#observers.size - 1)
    const softMs = this.sinceMs + remainingSuspicionMs(confirmations, k, 0, minMs, maxMs)
    // Counted from the first refusal, not from the start: a restart just now gets the whole floor.
    const hardMs =
      this.#refusedCount(quorum) >= quorum.wanted ? this.#refusedSinceMs + refusedFloorMs : Infinity
    this.#deadlineMs = Math.min(this.#deadlineMs, softMs, hardMs)
  }

  /** A new voice, or soft become hard. */
  #isNew(observer: string, refused: boolean): boolean {
    const known = this.#observers.get(observer)
    if (known === undefined) return this.#observers.size < maxObservers
    return refused && !known.refused
  }

  #refusedCount(quorum: RefusedQuorum): number {
    let count = 0
    for (const [observer, { refused }] of this.#observers) if (refused && quorum.counts(observer)) count += 1
    return count
  }
}
