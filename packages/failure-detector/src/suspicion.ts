import { remainingSuspicionMs } from './suspicion-timeout.ts'

/** Far more than the confirmations ever wanted; the rest of a large cluster need not be listed. */
const maxObservers = 16

export interface SuspicionBounds {
  readonly minMs: number
  readonly maxMs: number
  /** Confirmations wanted. */
  readonly k: number
  readonly hardFloorMs: number
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

  get deadlineMs(): number {
    return this.#deadlineMs
  }

  get observers(): readonly string[] {
    return [...this.#observers.keys()]
  }

  /** Whether a claim of `observer` is news: a new voice, or soft become hard. */
  isNews(observer: string, hard: boolean): boolean {
    const known = this.#observers.get(observer)
    if (known === undefined) return this.#observers.size < maxObservers
    return hard && !known.hard
  }

  /** Counts a claim. `hardWanted`: how many hard observers make the suspicion hard. */
  observe(observer: string, hard: boolean, hardWanted: number, nowMs: number): void {
    if (this.isNews(observer, hard)) {
      this.#observers.set(observer, { hard: hard || this.#observers.get(observer)?.hard === true })
      if (hard) this.#hardSinceMs = Math.min(this.#hardSinceMs, nowMs)
    }
    this.tighten(hardWanted)
  }

  /** Takes the deadline that the present claims allow, if it is earlier. */
  tighten(hardWanted: number): void {
    const { minMs, maxMs, k, hardFloorMs } = this.#bounds
    const confirmations = Math.max(0, this.#observers.size - 1)
    const softMs = this.sinceMs + remainingSuspicionMs(confirmations, k, 0, minMs, maxMs)
    // Counted from the first refusal, not from the start: a restart just now gets the whole floor.
    const hardMs = this.#hardCount() >= hardWanted ? this.#hardSinceMs + hardFloorMs : Infinity
    this.#deadlineMs = Math.min(this.#deadlineMs, softMs, hardMs)
  }

  #hardCount(): number {
    let count = 0
    for (const { hard } of this.#observers.values()) if (hard) count += 1
    return count
  }
}
