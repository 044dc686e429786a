import { createDetector, type Detector, type DetectorEffect, type DetectorOptions } from '../src/index.ts'

interface Claims {
  incarnation: number
  /** Observer → whether the observer was refused. */
  readonly observers: Map<string, boolean>
}

/**
 * One member of a simulated network: a detector, and its host. The host stores the greatest incarnation of
 * each member, and the suspicions of that incarnation.
 */
export class SimulatedHost {
  readonly id: string
  readonly detector: Detector
  readonly links = new Set<string>()
  incarnation = 1
  sequence = 0
  isCrashed = false
  stoppedUntilMs = -Infinity
  /** Inputs that arrived while the member was stopped. */
  readonly inbox: (() => void)[] = []
  readonly #known = new Map<string, number>()
  readonly #claims = new Map<string, Claims>()

  constructor(options: DetectorOptions) {
    this.id = options.self
    this.detector = createDetector(options)
  }

  /**
   * Passes an alive record to the detector, then the suspicions of that incarnation that arrived before the
   * record.
   */
  receiveRecord(id: string, incarnation: number, nowMs: number): DetectorEffect[] {
    if (incarnation <= (this.#known.get(id) ?? -1)) return []
    this.#known.set(id, incarnation)
    const effects = this.detector.handle({ type: 'member', id, incarnation }, nowMs)
    const claims = this.#claims.get(id)
    if (claims?.incarnation !== incarnation) return effects
    for (const [observer, refused] of claims.observers)
      effects.push(...this.#suspect(id, incarnation, observer, refused, nowMs))
    return effects
  }

  /** Handles another member's suspicion. */
  receiveSuspicion(
    subject: string,
    incarnation: number,
    observer: string,
    refused: boolean,
    nowMs: number,
  ): DetectorEffect[] {
    const claims = this.#claims.get(subject)
    if (claims === undefined || claims.incarnation < incarnation)
      this.#claims.set(subject, { incarnation, observers: new Map([[observer, refused]]) })
    else if (claims.incarnation === incarnation) claims.observers.set(observer, refused)
    return this.#suspect(subject, incarnation, observer, refused, nowMs)
  }

  #suspect(
    subject: string,
    incarnation: number,
    observer: string,
    refused: boolean,
    nowMs: number,
  ): DetectorEffect[] {
    return this.detector.handle({ type: 'suspicion', subject, incarnation, observer, refused }, nowMs)
  }
}
