import type { DetectorParameters } from './parameters.ts'

interface Claim {
  readonly incarnation: number
  /** Who made it first. */
  readonly observer: string
  /** Who made it, if it is a hard one. */
  readonly refusedObserver: string | undefined
  readonly dueMs: number
}

/** What is to be refuted. */
export type Refuted = Pick<Claim, 'incarnation' | 'observer'>

/**
 * How soon one refutation may follow another, so that liars cause a bounded number of them and each still comes
 * in time: half of the shortest suspicion there is, so that the other half is left to the two rumors. A hard
 * claim of a second accuser may shorten one to the hard floor, so it waits no longer than half of that.
 */
export function refutationGapMs(isOfSecondRefusedObserver: boolean, parameters: DetectorParameters): number {
  const softMs = (parameters.suspicionMult / 2) * parameters.probeIntervalMs
  return isOfSecondRefusedObserver ? Math.min(softMs, parameters.refusedFloorMs / 2) : softMs
}

/**
 * Refutation: this member's answer to claims about itself. Each own incarnation is refuted at most once,
 * the first claim at once, and one that comes soon after it when the gap has passed.
 */
export class Refutation {
  readonly #parameters: DetectorParameters
  #own = -1
  #refuted = -1
  #lastMs = -Infinity
  #lastRefusedObserver: string | undefined
  #waiting: Claim | undefined

  constructor(parameters: DetectorParameters) {
    this.#parameters = parameters
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

  /** Somebody claims that this member is suspect; `refused`: because it was itself refused. */
  claim(incarnation: number, observer: string, refused: boolean, nowMs: number): void {
    if (incarnation < this.#own || incarnation <= this.#refuted) return
    const refusedObserver = refused ? observer : undefined
    const isSecond = refusedObserver !== undefined && refusedObserver !== this.#lastRefusedObserver
    const dueMs = Math.max(nowMs, this.#lastMs + refutationGapMs(isSecond, this.#parameters))
    const waiting = this.#waiting
    this.#waiting = {
      incarnation: Math.max(incarnation, waiting?.incarnation ?? incarnation),
      observer: waiting?.observer ?? observer,
      refusedObserver: refusedObserver ?? waiting?.refusedObserver,
      dueMs: Math.min(dueMs, waiting?.dueMs ?? dueMs),
    }
  }

  /** What to refute now, once. */
  takeDue(nowMs: number): Refuted | undefined {
    const claim = this.#waiting
    if (claim === undefined || claim.dueMs > nowMs) return undefined
    this.#waiting = undefined
    this.#refuted = claim.incarnation
    this.#lastMs = nowMs
    this.#lastRefusedObserver = claim.refusedObserver ?? this.#lastRefusedObserver
    return claim
  }
}
