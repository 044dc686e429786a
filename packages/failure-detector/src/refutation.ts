import type { DetectorKnobs } from './parameters.ts'

interface Claim {
  readonly incarnation: number
  /** Who made it first. */
  readonly accuser: string
  /** Who made it, if it is a hard one. */
  readonly hardAccuser: string | undefined
  readonly dueMs: number
}

/** What is to be refuted. */
export type Refuted = Pick<Claim, 'incarnation' | 'accuser'>

/**
 * How soon one refutation may follow another, so that liars cause a bounded number of them and each still comes
 * in time: half of the shortest suspicion there is, so that the other half is left to the two rumors. A hard
 * claim of a second accuser may shorten one to the hard floor, so it waits no longer than half of that.
 */
export function refutationGapMs(isOfSecondHardAccuser: boolean, knobs: DetectorKnobs): number {
  const softMs = (knobs.suspicionMult / 2) * knobs.probeIntervalMs
  return isOfSecondHardAccuser ? Math.min(softMs, knobs.hardFloorMs / 2) : softMs
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
  #lastHardAccuser: string | undefined
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

  /** The own incarnation is to be said anew, and may be a smaller one. */
  forget(): void {
    this.#own = -1
    this.#refuted = -1
    this.#waiting = undefined
  }

  /** Somebody claims that this member is suspect; `hard`: because it was itself refused. */
  claim(incarnation: number, accuser: string, hard: boolean, nowMs: number): void {
    if (incarnation < this.#own || incarnation <= this.#refuted) return
    const hardAccuser = hard ? accuser : undefined
    const isSecond = hardAccuser !== undefined && hardAccuser !== this.#lastHardAccuser
    const dueMs = Math.max(nowMs, this.#lastMs + refutationGapMs(isSecond, this.#knobs))
    const waiting = this.#waiting
    this.#waiting = {
      incarnation: Math.max(incarnation, waiting?.incarnation ?? incarnation),
      accuser: waiting?.accuser ?? accuser,
      hardAccuser: hardAccuser ?? waiting?.hardAccuser,
      dueMs: Math.min(dueMs, waiting?.dueMs ?? dueMs),
    }
  }

  /** What to refute now, once. */
  take(nowMs: number): Refuted | undefined {
    const claim = this.#waiting
    if (claim === undefined || claim.dueMs > nowMs) return undefined
    this.#waiting = undefined
    this.#refuted = claim.incarnation
    this.#lastMs = nowMs
    this.#lastHardAccuser = claim.hardAccuser ?? this.#lastHardAccuser
    return claim
  }
}
