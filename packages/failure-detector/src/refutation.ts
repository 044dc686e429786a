/**
 * Refutation: the local member's answer to suspicions of itself. The local member refutes suspicions of each of its
 * incarnations at most once. The first refutation is immediate; a later one waits until `refutationGapMs` has passed.
 */
import type { DetectorParameters } from './parameters.ts'

interface Claim {
  readonly incarnation: number
  /** The first observer. */
  readonly observer: string
  /** The observer whose dial the local machine refused; undefined: none. */
  readonly refusedObserver: string | undefined
  readonly dueMs: number
}

/** A claim to refute. */
export type Refuted = Pick<Claim, 'incarnation' | 'observer'>

/**
 * The minimum time between two refutations. The gap limits how many refutations lying observers can cause. A refutation
 * waits for at most half of the duration of the shortest suspicion: the other half is left for the rumors of the
 * suspicion and of the refutation. A second refused observer may shorten the suspicion to `refusedFloorMs`, so the
 * refutation of that observer's claim waits for at most half of `refusedFloorMs`.
 */
export function refutationGapMs(isOfSecondRefusedObserver: boolean, parameters: DetectorParameters): number {
  const softMs = (parameters.suspicionMult / 2) * parameters.probeIntervalMs
  return isOfSecondRefusedObserver ? Math.min(softMs, parameters.refusedFloorMs / 2) : softMs
}

export class Refutation {
  readonly #parameters: DetectorParameters
  #local = -1
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

  /** Records that the local incarnation is at least this. */
  raised(incarnation: number): void {
    this.#local = Math.max(this.#local, incarnation)
    if (this.#waiting !== undefined && this.#waiting.incarnation < this.#local) this.#waiting = undefined
  }

  /** Removes the local incarnation. The next incarnation may be smaller. */
  forget(): void {
    this.#local = -1
    this.#refuted = -1
    this.#waiting = undefined
  }

  /** Records an observer's suspicion of the local member. `refused`: the local machine refused the observer's dial. */
  claim(incarnation: number, observer: string, refused: boolean, nowMs: number): void {
    if (incarnation < this.#local || incarnation <= this.#refuted) return
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

  /** Removes and returns the claim to refute now, if one is due. */
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
