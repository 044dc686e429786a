import { ArrivalWindow } from './arrival-window.ts'
import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorParameters } from './parameters.ts'
import { deviationsOfPhi, gapUntilMs, type IntervalEstimate, phi } from './phi.ts'

/** Fewer gaps than this give a number to look at, not a suspicion. */
const minGapsForSuspicion = 8

interface Heartbeat {
  incarnation: number
  sequence: number
  lastMs: number
  readonly window: ArrivalWindow
}

/** Two lost beats in a row are nothing to worry about. Our choice, relative to the mean: beats are rarer in large clusters. */
export function acceptablePauseMs(meanMs: number): number {
  return 2 * meanMs
}

/** How many beats in a row have to stay out until a member's own word is needed: beats that ride on anti-entropy come up to three late. Our choice. */
const overdueHeartbeats = 5

/** However regular they came: beats ride on anti-entropy, whose rounds are not. Our choice: a quarter of the mean, at least an interval. */
export function minDeviationMs(meanMs: number, probeIntervalMs: number): number {
  return Math.max(meanMs / 4, probeIntervalMs)
}

/**
 * Heartbeats: the rhythm of everybody's beats, and whose silence is too long.
 *
 * A beat costs O(1): a member's place in the queue is looked at only when it comes up, and is then
 * either due or put back. What passed while this member was away enters no rhythm and no phi.
 */
export class Heartbeats {
  readonly #parameters: DetectorParameters
  readonly #random: () => number
  readonly #deviations: number
  readonly #heartbeats = new Map<string, Heartbeat>()
  readonly #deadlines = new DeadlineQueue<string>()
  #resumedMs = -Infinity
  #expectedIntervalMs = 0

  constructor(parameters: DetectorParameters, random: () => number) {
    this.#parameters = parameters
    this.#random = random
    this.#deviations = deviationsOfPhi(parameters.phiThreshold)
  }

  /** How often a heart is meant to beat. One that beat faster for a while is not late when it does as usual again. */
  setInterval(intervalMs: number): void {
    this.#expectedIntervalMs = intervalMs
  }

  /** Old news (not beyond the greatest incarnation and beat) changes nothing. */
  record(id: string, incarnation: number, sequence: number, nowMs: number): void {
    const known = this.#heartbeats.get(id)
    if (known === undefined || incarnation > known.incarnation) {
      this.#deadlines.delete(id)
      this.#heartbeats.set(id, { incarnation, sequence, lastMs: nowMs, window: new ArrivalWindow() })
      return
    }
    if (incarnation < known.incarnation || sequence <= known.sequence) return
    if (known.lastMs >= this.#resumedMs) {
      const rhythm = this.#intervals(known)
      const longestMs = rhythm === undefined ? Infinity : this.#acceptedGapMs(rhythm)
      known.window.add(nowMs - known.lastMs, longestMs)
    }
    known.sequence = sequence
    known.lastMs = nowMs
    if (known.window.count < minGapsForSuspicion || this.#deadlines.has(id) || this.#deviations === Infinity)
      return
    const rhythm = this.#intervals(known)
    if (rhythm !== undefined) this.#rearm(id, rhythm, nowMs + this.#acceptedGapMs(rhythm))
  }

  /** Whether beats stayed out for so long that nobody else can vouch for the member. */
  isOverdue(id: string, nowMs: number): boolean {
    const known = this.#heartbeats.get(id)
    if (known === undefined || this.#expectedIntervalMs === 0) return false
    return nowMs - Math.max(known.lastMs, this.#resumedMs) > overdueHeartbeats * this.#expectedIntervalMs
  }

  phi(id: string, nowMs: number): number | undefined {
    const known = this.#heartbeats.get(id)
    const rhythm = known && this.#intervals(known)
    if (known === undefined || rhythm === undefined) return undefined
    const sinceMs = Math.max(known.lastMs, this.#resumedMs)
    return phi(nowMs - sinceMs, rhythm, acceptablePauseMs(rhythm.meanMs))
  }

  /** Whose phi has crossed the threshold. Each is named again after a while, if it stays silent. */
  takeOverdue(nowMs: number): string[] {
    const silent: string[] = []
    for (;;) {
      const id = this.#deadlines.takeDue(nowMs)
      if (id === undefined) return silent
      const known = this.#heartbeats.get(id)
      const rhythm = known && this.#intervals(known)
      if (known === undefined || rhythm === undefined) continue
      const crossesMs = Math.max(known.lastMs, this.#resumedMs) + this.#acceptedGapMs(rhythm)
      if (crossesMs <= nowMs) silent.push(id)
      this.#rearm(id, rhythm, Math.max(crossesMs, nowMs + this.#parameters.probeIntervalMs))
    }
  }

  /** This member was away until now. */
  skipTo(nowMs: number): void {
    this.#resumedMs = nowMs
  }

  forget(id: string): void {
    this.#heartbeats.delete(id)
    this.#deadlines.delete(id)
  }

  #intervals(known: Heartbeat): IntervalEstimate | undefined {
    return known.window.rhythm(this.#expectedIntervalMs, meanMs =>
      minDeviationMs(meanMs, this.#parameters.probeIntervalMs),
    )
  }

  #acceptedGapMs(rhythm: IntervalEstimate): number {
    return gapUntilMs(this.#deviations, rhythm, acceptablePauseMs(rhythm.meanMs))
  }

  // Spread by up to a mean, so that the first to notice tells the others before they notice too.
  #rearm(id: string, rhythm: IntervalEstimate, fromMs: number): void {
    this.#deadlines.set(id, fromMs + this.#random() * rhythm.meanMs)
  }
}
