/**
 * Heartbeats: each member's heartbeat intervals, and the members whose heartbeat is overdue.
 *
 * A heartbeat costs O(1): it does not move the member's deadline in the queue. At its deadline, the member is
 * either overdue or gets a new deadline. The time of a local pause or an outage counts neither in the
 * intervals nor in phi.
 */
import { ArrivalWindow } from './arrival-window.ts'
import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorParameters } from './parameters.ts'
import { deviationsOfPhi, gapUntilMs, type IntervalEstimate, phi } from './phi.ts'

/**
 * The minimum number of recorded intervals for a suspicion. With fewer, `phi` still returns a number. Our
 * choice.
 */
const minGapsForSuspicion = 8

interface Heartbeat {
  incarnation: number
  sequence: number
  lastMs: number
  readonly window: ArrivalWindow
}

/**
 * Two consecutive lost heartbeats are acceptable. Our choice: a multiple of the mean, as the interval grows
 * with the cluster.
 */
export function acceptablePauseMs(meanMs: number): number {
  return 2 * meanMs
}

/**
 * After this many missing heartbeats, a relayed ack does not suffice. Our choice: heartbeats travel by
 * anti-entropy and may arrive three intervals late.
 */
const overdueHeartbeats = 5

/**
 * The minimum deviation that phi assumes, because heartbeats travel by anti-entropy, whose rounds are
 * irregular. Our choice: a quarter of the mean, but at least a probe interval.
 */
export function minDeviationMs(meanMs: number, probeIntervalMs: number): number {
  return Math.max(meanMs / 4, probeIntervalMs)
}

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

  /**
   * Sets the configured heartbeat interval, in ms. Phi expects no heartbeat sooner, even if heartbeats came
   * faster for a while.
   */
  expectInterval(intervalMs: number): void {
    this.#expectedIntervalMs = intervalMs
  }

  /**
   * Records a heartbeat. A heartbeat has no effect unless it exceeds the greatest incarnation or, in that
   * incarnation, the greatest sequence number.
   */
  record(id: string, incarnation: number, sequence: number, nowMs: number): void {
    const known = this.#heartbeats.get(id)
    if (known === undefined || incarnation > known.incarnation) {
      this.#deadlines.delete(id)
      this.#heartbeats.set(id, { incarnation, sequence, lastMs: nowMs, window: new ArrivalWindow() })
      return
    }
    if (incarnation < known.incarnation || sequence <= known.sequence) return
    if (known.lastMs >= this.#resumedMs) {
      const estimate = this.#intervals(known)
      const longestMs = estimate === undefined ? Infinity : this.#acceptedGapMs(estimate)
      known.window.add(nowMs - known.lastMs, longestMs)
    }
    known.sequence = sequence
    known.lastMs = nowMs
    if (known.window.count < minGapsForSuspicion || this.#deadlines.has(id) || this.#deviations === Infinity)
      return
    const estimate = this.#intervals(known)
    if (estimate !== undefined) this.#rearm(id, estimate, nowMs + this.#acceptedGapMs(estimate))
  }

  /**
   * Whether at least `overdueHeartbeats` of the member's heartbeats are missing. If so, only an ack of the member
   * itself shows that the member is alive.
   */
  isOverdue(id: string, nowMs: number): boolean {
    const known = this.#heartbeats.get(id)
    if (known === undefined || this.#expectedIntervalMs === 0) return false
    return nowMs - Math.max(known.lastMs, this.#resumedMs) > overdueHeartbeats * this.#expectedIntervalMs
  }

  phi(id: string, nowMs: number): number | undefined {
    const known = this.#heartbeats.get(id)
    const estimate = known && this.#intervals(known)
    if (known === undefined || estimate === undefined) return undefined
    const sinceMs = Math.max(known.lastMs, this.#resumedMs)
    return phi(nowMs - sinceMs, estimate, acceptablePauseMs(estimate.meanMs))
  }

  /**
   * Returns the members whose phi has crossed the threshold. A member that stays silent is returned again,
   * after a probe interval at the earliest.
   */
  takeOverdue(nowMs: number): string[] {
    const overdue: string[] = []
    for (;;) {
      const id = this.#deadlines.takeDue(nowMs)
      if (id === undefined) return overdue
      const known = this.#heartbeats.get(id)
      const estimate = known && this.#intervals(known)
      if (known === undefined || estimate === undefined) continue
      const crossesMs = Math.max(known.lastMs, this.#resumedMs) + this.#acceptedGapMs(estimate)
      if (crossesMs <= nowMs) overdue.push(id)
      this.#rearm(id, estimate, Math.max(crossesMs, nowMs + this.#parameters.probeIntervalMs))
    }
  }

  /** Does not count the time until now, because the local member was paused or its network was down. */
  skipTo(nowMs: number): void {
    this.#resumedMs = nowMs
  }

  forget(id: string): void {
    this.#heartbeats.delete(id)
    this.#deadlines.delete(id)
  }

  #intervals(known: Heartbeat): IntervalEstimate | undefined {
    return known.window.estimate(this.#expectedIntervalMs, meanMs =>
      minDeviationMs(meanMs, this.#parameters.probeIntervalMs),
    )
  }

  #acceptedGapMs(estimate: IntervalEstimate): number {
    return gapUntilMs(this.#deviations, estimate, acceptablePauseMs(estimate.meanMs))
  }

  // The random delay is at most the mean interval between two heartbeats. So the suspicion of the first observer usually
  // arrives before other observers notice the silence.
  #rearm(id: string, estimate: IntervalEstimate, fromMs: number): void {
    this.#deadlines.set(id, fromMs + this.#random() * estimate.meanMs)
  }
}
