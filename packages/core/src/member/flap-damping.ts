/**
 * Flap damping: what an app sees of the failure detector's verdicts (after BGP's route flap damping, RFC 2439).
 *
 * The detector decides; nothing here changes when a member is suspected, declared dead, or probed. A suspicion is shown
 * once it stood unrefuted for a while, the death of a member at once. While a member receives nothing from anybody, it
 * shows no new suspicion, and the wait begins anew afterwards: its own network is the likelier cause. A member that comes back in the same life is shown at
 * once the first time; after a second death it is shown as dead until it was alive without a break for longer, twice as
 * long each time; deaths in what looks like a partition do not count. A member that this member never saw alive is not
 * shown while it is suspected.
 */
export type DetectorVerdict = 'alive' | 'suspect' | 'dead'

/** What the observer knows of itself. */
export interface Observer {
  /** Lifeguard's doubt in itself, 0 (well) to 7: a suspicion is held back that many times longer. */
  readonly localHealth: number
  /** Members alive or suspect here, itself included: with one other only, that one's silence is that of everybody. */
  readonly visible: number
}

/** Our choice: a suspicion of one subject that was shown and refuted makes the next one wait four times as long … */
const suppressFactor = 4
/** … up to 16 s at an interval of 1 s, which is longer than most suspicions last. */
const maxSuppressIntervals = 16
/** Nobody in a cluster is silent for so long: several members probe this one in each interval. Our choice. */
const receiveGapIntervals = 2
/** After the second death in one life. Our choice: longer than the flips of a link that somebody would still notice. */
const firstQuarantineMs = 60_000
const maxQuarantineMs = 600_000
/** Without trouble for so long, a member is as good as new. */
const resetMs = 600_000
/** Deaths so close to a suspected partition are a part of it, as partition-detector.ts counts them. */
const partitionMs = 60_000
/** A refutation raises an incarnation by one; a start makes it a date. */
const restartMs = 1_000

interface Track {
  verdict: DetectorVerdict
  incarnation: number
  /** Since when the verdict has stood in this incarnation. */
  sinceMs: number
  /** How long the next suspicion is held back. */
  suppressMs: number
  /** Deaths in this life. */
  deaths: number
  /** When the verdict is due to be shown; Infinity: it is shown, or another one has to come. */
  dueMs: number
}

export class FlapDamping {
  readonly #intervalMs: number
  readonly #tracks = new Map<string, Track>()
  /** Not later than the first that is due. */
  #nextMs = Number.POSITIVE_INFINITY
  #refuted = 0
  /** When something last arrived from another member. */
  #receivedMs = Number.NEGATIVE_INFINITY
  /** When something arrived after silence of everybody. */
  #resumedMs = Number.NEGATIVE_INFINITY
  /** When a death last looked like a partition. */
  #partitionMs = Number.NEGATIVE_INFINITY

  /** @param probeIntervalMs how long a suspicion has to stand until it is shown. */
  constructor(probeIntervalMs: number) {
    this.#intervalMs = probeIntervalMs
  }

  /** Suspicions that were refuted before they were shown, since the start. */
  get refuted(): number {
    return this.#refuted
  }

  /** Something arrived from another member. */
  received(nowMs: number): void {
    if (nowMs - this.#receivedMs >= receiveGapIntervals * this.#intervalMs) this.#resumedMs = nowMs
    this.#receivedMs = nowMs
  }

  /** The latest death looks like a partition. */
  partitioned(nowMs: number): void {
    this.#partitionMs = nowMs
  }

  /**
   * What to show of a member now.
   *
   * @param shown what is shown of it so far; undefined: nothing
   * @returns undefined: nothing yet
   */
  decide(
    id: string,
    verdict: DetectorVerdict,
    incarnation: number,
    shown: DetectorVerdict | undefined,
    nowMs: number,
    observer: Observer,
  ): DetectorVerdict | undefined {
    const track = this.#tracks.get(id) ?? this.#begin(incarnation, nowMs)
    const wasSuppressed = track.verdict === 'suspect' && shown !== 'suspect'
    if (wasSuppressed && (verdict === 'alive' || incarnation > track.incarnation)) this.#refuted += 1
    this.#update(track, verdict, incarnation, shown, nowMs)
    track.dueMs = this.#dueMs(track, shown, nowMs, observer)
    const next = track.dueMs <= nowMs ? verdict : shown
    if (next === verdict) track.dueMs = Number.POSITIVE_INFINITY
    if (next === 'alive' && shown === 'suspect')
      track.suppressMs = Math.min(track.suppressMs * suppressFactor, maxSuppressIntervals * this.#intervalMs)
    this.#nextMs = Math.min(this.#nextMs, track.dueMs)
    if (verdict !== 'alive' || track.deaths > 0 || track.suppressMs > this.#intervalMs)
      this.#tracks.set(id, track)
    else this.#tracks.delete(id)
    return next
  }

  /** Members to look at again now. */
  takeDue(nowMs: number): string[] {
    if (nowMs < this.#nextMs) return []
    const due = [...this.#tracks].filter(([, { dueMs }]) => dueMs <= nowMs)
    this.#nextMs = Math.min(
      ...[...this.#tracks.values()].map(({ dueMs }) => (dueMs <= nowMs ? Infinity : dueMs)),
    )
    return due.map(([id]) => id)
  }

  nextMs(): number {
    return this.#nextMs
  }

  /** Forgets old trouble. */
  sweep(nowMs: number): void {
    for (const [id, { verdict, sinceMs, dueMs }] of this.#tracks)
      if (verdict === 'alive' && dueMs === Number.POSITIVE_INFINITY && nowMs - sinceMs >= resetMs)
        this.#tracks.delete(id)
  }

  forget(id: string): void {
    this.#tracks.delete(id)
  }

  /** Members that were in trouble within ten minutes, or are dead. */
  get size(): number {
    return this.#tracks.size
  }

  #begin(incarnation: number, nowMs: number): Track {
    const suppressMs = this.#intervalMs
    return {
      verdict: 'alive',
      incarnation,
      sinceMs: nowMs,
      suppressMs,
      deaths: 0,
      dueMs: Number.POSITIVE_INFINITY,
    }
  }

  #update(
    track: Track,
    verdict: DetectorVerdict,
    incarnation: number,
    shown: DetectorVerdict | undefined,
    nowMs: number,
  ): void {
    if (incarnation - track.incarnation >= restartMs) track.deaths = 0
    const isNew = verdict !== track.verdict
    const wasPartition = Math.abs(track.sinceMs - this.#partitionMs) <= partitionMs
    if (isNew && track.verdict === 'dead' && track.deaths > 0 && wasPartition) track.deaths -= 1
    // Where nothing came from anybody during the suspicion, it was the observer that was away.
    const hadReceiveGap = this.#receivedMs < track.sinceMs
    if (isNew && verdict === 'dead' && shown !== undefined && !hadReceiveGap) track.deaths += 1
    if (isNew || (verdict === 'suspect' && incarnation !== track.incarnation)) track.sinceMs = nowMs
    track.verdict = verdict
    track.incarnation = incarnation
  }

  /** From when on the verdict is shown. */
  #dueMs(
    { verdict, sinceMs, suppressMs, deaths }: Track,
    shown: DetectorVerdict | undefined,
    nowMs: number,
    { localHealth, visible }: Observer,
  ): number {
    if (verdict === shown || verdict === 'dead') return sinceMs
    if (verdict === 'suspect') {
      // Whether it is here at all is not known before the suspicion ends.
      if (shown !== 'alive') return Number.POSITIVE_INFINITY
      const waitMs = suppressMs * (1 + localHealth)
      if (visible <= 2) return sinceMs + waitMs
      if (this.#receivedMs < sinceMs) return nowMs + this.#intervalMs
      return Math.max(sinceMs, this.#resumedMs) + waitMs
    }
    if (shown !== 'dead' || deaths < 2) return sinceMs
    return sinceMs + Math.min(firstQuarantineMs * 2 ** (deaths - 2), maxQuarantineMs)
  }
}
