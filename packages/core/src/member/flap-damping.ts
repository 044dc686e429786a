/**
 * Flap damping: which of the failure detector's verdicts an app sees, and when (after BGP's route flap damping,
 * RFC 2439).
 *
 * Flap damping never changes when the detector suspects, declares dead or probes a member.
 * - A suspicion is shown after it remained unrefuted for a while. A death is shown immediately.
 * - While no message arrives from any member, no new suspicion is shown: this member's own network is probably at fault.
 *   When messages arrive again, the wait restarts. This rule does not apply if only one other member is alive or suspect.
 * - The first return of a dead member in the same process is shown immediately. After a second death the member is shown
 *   as dead until it was alive without interruption for one minute; each further death doubles that time, up to ten
 *   minutes. Deaths during a suspected partition do not count. Two kinds of suspicions do not interrupt this time if they
 *   are refuted: those by only one other member, and those that last for less than a probe interval. Otherwise one lying
 *   member, or a few members that cannot connect to it, could keep it dead for all apps.
 * - A suspicion by only one other member waits four times as long, so that a member that lies causes no event: the
 *   refutation arrives before the wait ends.
 * - A suspected member is not shown if this member has never seen it alive.
 */
export type DetectorVerdict = 'alive' | 'suspect' | 'dead'

/** The state of the local member, on which the decision also depends. */
export interface LocalState {
  /** Lifeguard's local health multiplier, 0 (good) to 7. A suspicion is shown after `1 + localHealth` times the wait. */
  readonly localHealth: number
  /**
   * The number of alive or suspect members, including the local member. With only one other member, its silence and the
   * silence of all members are the same, so the rule about receiving nothing does not apply.
   */
  readonly visible: number
  /** Whether exactly one other member suspects the member, and the local member does not. */
  readonly isSoleClaim: boolean
}

/**
 * A suspicion that only one other member reports waits four times as long. Our choice: until a refutation has usually
 * arrived. A member delays its refutation by up to 1.5 probe intervals in `lan`, and by up to 3 in `wan`.
 */
const soleClaimFactor = 4
/** Our choice: after a shown suspicion was refuted, the next one of the same subject waits four times as long. */
const suppressFactor = 4
/** Our choice: the longest wait is 16 probe intervals, 16 s at an interval of 1 s. Most suspicions end earlier. */
const maxSuppressIntervals = 16
/**
 * Our choice: two probe intervals without any message mean a fault of the local member, because several members probe it in
 * each interval.
 */
const receiveGapIntervals = 2
/**
 * After this number of probe intervals without any message, this member counts as cut off. Our choice: in each interval, a
 * member probes another one, and its monitors probe this member.
 */
const silenceIntervals = 5
/**
 * The wait after the second death in one process. Our choice: one minute. A connection that flaps less often does not
 * disturb users.
 */
const firstQuarantineMs = 60_000
const maxQuarantineMs = 600_000
/** Our choice: after ten minutes alive, earlier suspicions and deaths of a member no longer count. */
const resetMs = 600_000
/** Deaths within this time of a suspected partition belong to it; the same window as in partition-detector.ts. */
const partitionMs = 60_000
/**
 * An incarnation that is greater by at least this much means a restart: a refutation raises the incarnation by one, a
 * restart sets it to a date.
 */
const restartMs = 1_000

interface Track {
  verdict: DetectorVerdict
  incarnation: number
  /** When the member got this verdict in this incarnation. */
  sinceMs: number
  /** Since when two members, or the local one, have suspected this incarnation; Infinity: they do not. */
  disputedMs: number
  /** Since when the member has been alive without interruption; Infinity: it has not been alive since the interruption. */
  aliveMs: number
  /** How long the next suspicion waits. */
  suppressMs: number
  /** The number of deaths in this process of the member. */
  deaths: number
  /** When to show the verdict; Infinity if the app sees it already, or does not see it unless another verdict follows. */
  dueMs: number
}

export class FlapDamping {
  readonly #intervalMs: number
  readonly #tracks = new Map<string, Track>()
  /** A lower bound of the due times of all tracks. */
  #nextMs = Number.POSITIVE_INFINITY
  #refuted = 0
  /** When the last message from another member arrived. */
  #receivedMs = Number.NEGATIVE_INFINITY
  /** When the first message arrived after the last gap in which no member sent anything. */
  #resumedMs = Number.NEGATIVE_INFINITY
  /** When a death last led to a suspected partition. */
  #partitionMs = Number.NEGATIVE_INFINITY

  /** @param probeIntervalMs the initial wait before a suspicion is shown. */
  constructor(probeIntervalMs: number) {
    this.#intervalMs = probeIntervalMs
  }

  /** The number of suspicions since the start that were refuted before they were shown. */
  get refuted(): number {
    return this.#refuted
  }

  /** A message from another member arrived. */
  received(nowMs: number): void {
    if (nowMs - this.#receivedMs >= receiveGapIntervals * this.#intervalMs) this.#resumedMs = nowMs
    this.#receivedMs = nowMs
  }

  /** Whether no message has arrived for five probe intervals, after messages had arrived. */
  isSilent(nowMs: number): boolean {
    const silentMs = nowMs - this.#receivedMs
    return Number.isFinite(silentMs) && silentMs >= silenceIntervals * this.#intervalMs
  }

  /** The latest death has led to a suspected partition. */
  partitioned(nowMs: number): void {
    this.#partitionMs = nowMs
  }

  /**
   * The verdict to show for a member now.
   *
   * @param verdict the detector's verdict
   * @param shown the verdict shown so far; undefined if the member is not shown
   * @returns the verdict to show; undefined if the member is not shown yet
   */
  decide(
    id: string,
    verdict: DetectorVerdict,
    incarnation: number,
    shown: DetectorVerdict | undefined,
    nowMs: number,
    local: LocalState,
  ): DetectorVerdict | undefined {
    const track = this.#tracks.get(id) ?? this.#begin(incarnation, nowMs)
    const wasSuppressed = track.verdict === 'suspect' && shown !== 'suspect'
    if (wasSuppressed && (verdict === 'alive' || incarnation > track.incarnation)) this.#refuted += 1
    this.#updateAlive(track, verdict, incarnation, nowMs, local)
    this.#update(track, verdict, incarnation, shown, nowMs)
    track.dueMs = this.#dueMs(track, shown, nowMs, local)
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

  /** The members for which to call `decide` again now. */
  takeDue(nowMs: number): string[] {
    if (nowMs < this.#nextMs) return []
    const due = [...this.#tracks].filter(([, { dueMs }]) => dueMs <= nowMs)
    this.#nextMs = Math.min(
      ...[...this.#tracks.values()].map(({ dueMs }) => (dueMs <= nowMs ? Infinity : dueMs)),
    )
    return due.map(([id]) => id)
  }

  /** When `takeDue` may return members, in monotonic milliseconds. */
  nextMs(): number {
    return this.#nextMs
  }

  /** Deletes the tracks of members that have been alive for ten minutes. */
  sweep(nowMs: number): void {
    for (const [id, { verdict, sinceMs, dueMs }] of this.#tracks)
      if (verdict === 'alive' && dueMs === Number.POSITIVE_INFINITY && nowMs - sinceMs >= resetMs)
        this.#tracks.delete(id)
  }

  forget(id: string): void {
    this.#tracks.delete(id)
  }

  /** The number of members that are suspect or dead now, or were within the last ten minutes. */
  get size(): number {
    return this.#tracks.size
  }

  #begin(incarnation: number, nowMs: number): Track {
    const suppressMs = this.#intervalMs
    return {
      verdict: 'alive',
      incarnation,
      sinceMs: nowMs,
      disputedMs: Number.POSITIVE_INFINITY,
      aliveMs: nowMs,
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
    // If nothing arrived from any member during the suspicion, the local member was disconnected or paused.
    const hadReceiveGap = this.#receivedMs < track.sinceMs
    if (isNew && verdict === 'dead' && shown !== undefined && !hadReceiveGap) track.deaths += 1
    if (isNew || (verdict === 'suspect' && incarnation !== track.incarnation)) track.sinceMs = nowMs
    track.verdict = verdict
    track.incarnation = incarnation
  }

  /** Updates since when the member has been alive without interruption. */
  #updateAlive(
    track: Track,
    verdict: DetectorVerdict,
    incarnation: number,
    nowMs: number,
    { isSoleClaim }: LocalState,
  ): void {
    if (verdict === 'dead' || nowMs - track.disputedMs >= this.#intervalMs)
      track.aliveMs = Number.POSITIVE_INFINITY
    if (verdict === 'alive') track.aliveMs = Math.min(track.aliveMs, nowMs)
    if (verdict !== 'suspect' || incarnation !== track.incarnation)
      track.disputedMs = Number.POSITIVE_INFINITY
    if (verdict === 'suspect' && !isSoleClaim) track.disputedMs = Math.min(track.disputedMs, nowMs)
  }

  /** When to show the verdict. */
  #dueMs(
    { verdict, sinceMs, aliveMs, suppressMs, deaths }: Track,
    shown: DetectorVerdict | undefined,
    nowMs: number,
    { localHealth, visible, isSoleClaim }: LocalState,
  ): number {
    if (verdict === shown || verdict === 'dead') return sinceMs
    if (verdict === 'suspect') {
      // A member that was not shown as alive may be dead: the end of the suspicion decides.
      if (shown !== 'alive') return Number.POSITIVE_INFINITY
      const waitMs = suppressMs * (1 + localHealth) * (isSoleClaim ? soleClaimFactor : 1)
      if (visible <= 2) return sinceMs + waitMs
      if (this.#receivedMs < sinceMs) return nowMs + this.#intervalMs
      return Math.max(sinceMs, this.#resumedMs) + waitMs
    }
    if (shown !== 'dead' || deaths < 2) return sinceMs
    return aliveMs + Math.min(firstQuarantineMs * 2 ** (deaths - 2), maxQuarantineMs)
  }
}
