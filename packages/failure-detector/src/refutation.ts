import type { DetectorKnobs } from './knobs.ts'

export interface Refuting {
  readonly incarnation: number
  /** Whether it is a reason to doubt ourselves. */
  readonly isOwnFault: boolean
}

interface Claim {
  readonly incarnation: number
  readonly accuser: string
  readonly dueMs: number
}

/**
 * How soon one refutation may follow another, so that a liar causes a bounded number of them: an interval,
 * which is far below the shortest suspicion; half of the floor where the claim is a hard one.
 */
export function refutationGapMs(isHard: boolean, knobs: DetectorKnobs): number {
  return isHard ? Math.min(knobs.hardFloorMs / 2, knobs.probeIntervalMs) : knobs.probeIntervalMs
}

/**
 * Refutation: this member's answer to claims about itself. Each own incarnation is refuted at most once,
 * the first claim at once, and one that comes soon after it when the gap has passed.
 */
export class Refutation {
  readonly #knobs: DetectorKnobs
  #own = -1
  #refuted = -1
  #lastMs = -Infinity
  #lastAccuser: string | undefined
  #waiting: Claim | undefined

  constructor(knobs: DetectorKnobs) {
    this.#knobs = knobs
  }

  nextMs(): number {
    return this.#waiting?.dueMs ?? Infinity
  }

  /** The own incarnation is now at least this. */
  raised(incarnation: number): void {
    this.#own = Math.max(this.#own, incarnation)
    if (this.#waiting !== undefined && this.#waiting.incarnation < this.#own) this.#waiting = undefined
  }

  /** Somebody claims that this member is suspect; `take` says when to answer. */
  claim(incarnation: number, accuser: string, isHard: boolean, nowMs: number): void {
    if (incarnation < this.#own || incarnation <= this.#refuted) return
    const dueMs = Math.max(nowMs, this.#lastMs + refutationGapMs(isHard, this.#knobs))
    const waiting = this.#waiting
    this.#waiting = {
      incarnation: Math.max(incarnation, waiting?.incarnation ?? incarnation),
      accuser: waiting?.accuser ?? accuser,
      dueMs: Math.min(dueMs, waiting?.dueMs ?? dueMs),
    }
  }

  /** The refutation that is due, once. */
  take(nowMs: number): Refuting | undefined {
    const claim = this.#waiting
    if (claim === undefined || claim.dueMs > nowMs) return undefined
    // The same accuser twice running says more about it than about us.
    const isOwnFault = claim.accuser !== this.#lastAccuser
    this.#waiting = undefined
    this.#refuted = claim.incarnation
    this.#lastMs = nowMs
    this.#lastAccuser = claim.accuser
    return { incarnation: claim.incarnation, isOwnFault }
  }
}
