import { ArrivalWindow } from './arrival-window.ts'
import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorKnobs } from './parameters.ts'
import { deviationsOfPhi, phi, type Rhythm, silenceUntilMs } from './phi.ts'

/** Fewer gaps than this give a number to look at, not a suspicion. */
const gapsToAccuse = 8

interface Heartbeat {
  incarnation: number
  beat: number
  lastMs: number
  readonly window: ArrivalWindow
}

/** Two lost beats in a row are nothing to worry about. Our choice, relative to the mean: beats are rarer in large clusters. */
export function acceptablePauseMs(meanMs: number): number {
  return 2 * meanMs
}

/** How many beats in a row have to stay out until a member's own word is needed: beats that ride on anti-entropy come up to three late. Our choice. */
const overdueBeats = 5

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
  readonly #knobs: DetectorKnobs
  readonly #random: () => number
  readonly #deviations: number
  readonly #heartbeats = new Map<string, Heartbeat>()
  readonly #watch = new DeadlineQueue<string>()
  #backSinceMs = -Infinity
  #usualMs = 0

  constructor(knobs: DetectorKnobs, random: () => number) {
    this.#knobs = knobs
    this.#random = random
    this.#deviations = deviationsOfPhi(knobs.phiThreshold)
  }

  /** How often a heart is meant to beat. One that beat faster for a while is not late when it does as usual again. */
  expect(intervalMs: number): void {
    this.#usualMs = intervalMs
  }

  /** Old news (not beyond the greatest incarnation and beat) changes nothing. */
  beat(id: string, incarnation: number, beat: number, nowMs: number): void {
    const known = this.#heartbeats.get(id)
    if (known === undefined || incarnation > known.incarnation) {
      this.#watch.delete(id)
      this.#heartbeats.set(id, { incarnation, beat, lastMs: nowMs, window: new ArrivalWindow() })
      return
    }
    if (incarnation < known.incarnation || beat <= known.beat) return
    if (known.lastMs >= this.#backSinceMs) {
      const rhythm = this.#rhythm(known)
      const longestMs = rhythm === undefined ? Infinity : this.#silenceMs(rhythm)
      known.window.add(nowMs - known.lastMs, longestMs)
    }
    known.beat = beat
    known.lastMs = nowMs
    if (known.window.count < gapsToAccuse || this.#watch.has(id) || this.#deviations === Infinity) return
    const rhythm = this.#rhythm(known)
    if (rhythm !== undefined) this.#watchFrom(id, rhythm, nowMs + this.#silenceMs(rhythm))
  }

  /** Whether beats stayed out for so long that nobody else can vouch for the member. */
  isOverdue(id: string, nowMs: number): boolean {
    const known = this.#heartbeats.get(id)
    if (known === undefined || this.#usualMs === 0) return false
    return nowMs - Math.max(known.lastMs, this.#backSinceMs) > overdueBeats * this.#usualMs
  }

  phi(id: string, nowMs: number): number | undefined {
    const known = this.#heartbeats.get(id)
    const rhythm = known && this.#rhythm(known)
    if (known === undefined || rhythm === undefined) return undefined
    const sinceMs = Math.max(known.lastMs, this.#backSinceMs)
    return phi(nowMs - sinceMs, rhythm, acceptablePauseMs(rhythm.meanMs))
  }

  /** Whose phi has crossed the threshold. Each is named again after a while, if it stays silent. */
  takeSilent(nowMs: number): string[] {
    const silent: string[] = []
    for (;;) {
      const id = this.#watch.takeDue(nowMs)
      if (id === undefined) return silent
      const known = this.#heartbeats.get(id)
      const rhythm = known && this.#rhythm(known)
      if (known === undefined || rhythm === undefined) continue
      const crossesMs = Math.max(known.lastMs, this.#backSinceMs) + this.#silenceMs(rhythm)
      if (crossesMs <= nowMs) silent.push(id)
      this.#watchFrom(id, rhythm, Math.max(crossesMs, nowMs + this.#knobs.probeIntervalMs))
    }
  }

  /** This member was away until now. */
  skipTo(nowMs: number): void {
    this.#backSinceMs = nowMs
  }

  forget(id: string): void {
    this.#heartbeats.delete(id)
    this.#watch.delete(id)
  }

  #rhythm(known: Heartbeat): Rhythm | undefined {
    return known.window.rhythm(this.#usualMs, meanMs => minDeviationMs(meanMs, this.#knobs.probeIntervalMs))
  }

  #silenceMs(rhythm: Rhythm): number {
    return silenceUntilMs(this.#deviations, rhythm, acceptablePauseMs(rhythm.meanMs))
  }

  // Spread by up to a mean, so that the first to notice tells the others before they notice too.
  #watchFrom(id: string, rhythm: Rhythm, fromMs: number): void {
    this.#watch.set(id, fromMs + this.#random() * rhythm.meanMs)
  }
}
