/**
 * Suspicion: the deadline only moves earlier. The deadline is never before `minMs`; with refused observers, it is never before
 * `refusedFloorMs`. Each observer counts once.
 */
import { remainingSuspicionMs } from './suspicion-timeout.ts'

/** The first observer and the most confirmations that a parameter allows (15); further observers are not stored. */
export const maxObservers = 16

export interface SuspicionBounds {
  readonly minMs: number
  readonly maxMs: number
  /** How many confirmations shorten the suspicion to `minMs`. */
  readonly k: number
  readonly refusedFloorMs: number
}

/** How many refused observers shorten a suspicion to `refusedFloorMs`, and which observers count. */
export interface RefusedQuorum {
  readonly wanted: number
  readonly counts: (observer: string) => boolean
}

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

  /** An independent copy with the same claims. */
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

  /**
   * Whether a claim of `observer` could move the deadline. After k confirmations, only a refused observer's
   * claim can.
   */
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

  /** Moves the deadline earlier if the present claims allow it. */
  tighten(quorum: RefusedQuorum): void {
    const { minMs, maxMs, k, refusedFloorMs } = this.#bounds
    const confirmations = Math.max(0, this.#observers.size - 1)
    const confirmedMs = this.sinceMs + remainingSuspicionMs(confirmations, k, 0, minMs, maxMs)
    // The time runs from the first refusal, not from the start of the suspicion, so that a restarting process
    // gets all of it.
    const refusedMs =
      this.#refusedCount(quorum) >= quorum.wanted ? this.#refusedSinceMs + refusedFloorMs : Infinity
    this.#deadlineMs = Math.min(this.#deadlineMs, confirmedMs, refusedMs)
  }

  /** Whether the claim comes from a new observer, or adds a refusal to an observer's claim. */
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
