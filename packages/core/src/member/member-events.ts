/**
 * Member events: once per step, updates the view of each changed member and emits its event; removes departed members.
 *
 * Removal has two stages. After the retention time, a dead or left member is no longer advertised. After another eighth of
 * the retention time, when no member advertises it any more, its row is deleted and its last incarnation becomes a
 * tombstone. Both times count from the dates in the leaving record or in the suspicions, so all members, also late
 * joiners, remove the member at about the same time.
 */
import type { Detector } from '@hearsay/failure-detector'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import { cachedPeersOf } from '../overlay/peer-cache.ts'
import type { RecordFact, Table } from '../table/table.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { DetectorVerdict, FlapDamping } from './flap-damping.ts'
import type { LocalRecord } from './local-record.ts'
import type { MemberStatus } from './member.ts'
import { isPresentStatus, type MemberView } from './member-view.ts'
import type { PartitionDetector } from './partition-detector.ts'

export interface MemberEventsOptions {
  readonly self: string
  readonly localRecord: LocalRecord
  readonly table: Table
  readonly detector: Detector
  readonly overlay: Overlay
  readonly memberView: MemberView
  readonly partition: PartitionDetector
  readonly damping: FlapDamping
  readonly effectQueue: EffectQueue
  readonly retentionMs: number
}

const sweepIntervalMs = 30_000
/** Our choice: longer than any suspicion, which takes at most six minutes with profile `wan` and 10,000 members. */
const maxUnobservedDeathMs = 600_000

export class MemberEvents {
  readonly #options: MemberEventsOptions
  readonly #touched = new Set<string>()
  #sweepDueMs: number
  #lastCachedPeers = ''

  constructor(options: MemberEventsOptions, nowMs: number) {
    this.#options = options
    this.#sweepDueMs = nowMs + sweepIntervalMs
  }

  get sweepDueMs(): number {
    return this.#sweepDueMs
  }

  /** The record or the status of this member changed. */
  markChanged(id: string): void {
    this.#touched.add(id)
  }

  /** Emits the events of all members that changed in this step. */
  emitChanges({ monotonicMs, epochMs }: Instant): void {
    const { self, localRecord, table, detector, overlay, memberView, damping, effectQueue, retentionMs } =
      this.#options
    for (const id of damping.takeDue(monotonicMs)) this.markChanged(id)
    for (const id of this.#touched) {
      const fact = (id === self && localRecord.signed) || table.get(id)?.record
      if (!fact) continue
      const status = id === self ? 'alive' : detector.status(id)?.type
      const verdict = status === 'dead' || status === 'suspect' ? status : 'alive'
      const departedEpochMs = this.#departureDate(fact, epochMs)
      const before = memberView.get(id)
      const shown = this.#visibleStatus(fact, verdict, before?.status, monotonicMs)
      const event = shown && memberView.observe(fact, shown, departedEpochMs)
      // Not left to the sweep: while members keep joining, they would send each other expired rows again and again.
      const hasDeparted = verdict === 'dead' || fact.record.leaving
      if (id !== self && hasDeparted && epochMs - departedEpochMs >= retentionMs) table.stopAdvertising(id)
      if (fact.record.leaving) overlay.remove(id)
      if (event) effectQueue.push({ type: 'event', event })
      if (id !== self && memberView.get(id) !== before) effectQueue.changed(id)
      if (event?.type === 'fail') this.#memberDied(monotonicMs)
    }
    this.#touched.clear()
  }

  #memberDied(nowMs: number): void {
    const { memberView, partition, damping } = this.#options
    const visible = memberView.count('alive', 'suspect')
    partition.memberDied(visible, nowMs)
    if (partition.suspected(visible, nowMs)) damping.partitioned(nowMs)
  }

  #visibleStatus(
    { author: id, record }: RecordFact,
    verdict: DetectorVerdict,
    before: MemberStatus | undefined,
    nowMs: number,
  ): DetectorVerdict | undefined {
    const { damping, detector, memberView } = this.#options
    if (record.leaving) {
      damping.forget(id)
      return verdict
    }
    const observer = {
      localHealth: detector.localHealth(),
      visible: memberView.count('alive', 'suspect'),
    }
    const shown = before === 'left' ? undefined : before
    return damping.decide(id, verdict, record.incarnation, shown, nowMs, observer)
  }

  /** Stops advertising expired members and drops those of the second stage. @returns the ids of the dropped members */
  sweep({ monotonicMs, epochMs }: Instant): string[] {
    const { table, memberView, retentionMs } = this.#options
    this.#sweepDueMs = monotonicMs + sweepIntervalMs
    for (const id of memberView.departed(epochMs, retentionMs)) table.stopAdvertising(id)
    const dropped = this.#drop(memberView.departed(epochMs, retentionMs * 1.125))
    this.#persistCachedPeers()
    this.#options.damping.sweep(monotonicMs)
    return dropped
  }

  /**
   * Makes capacity for new members: when less than a sixteenth of the table is free, drops the members that departed
   * first, a sixteenth of the table at most, before their retention time ends.
   *
   * @returns the ids of the dropped members
   */
  freeCapacity(): string[] {
    const { table, memberView } = this.#options
    const { free, of } = table.capacity
    const spare = Math.ceil(of / 16)
    return free < spare ? this.#drop(memberView.longestDeparted(spare)) : []
  }

  #drop(ids: string[]): string[] {
    const { table, overlay, memberView, damping, effectQueue } = this.#options
    for (const id of ids) {
      damping.forget(id)
      table.remove(id)
      memberView.forget(id)
      overlay.remove(id)
      effectQueue.push({ type: 'set-addresses', id, addresses: [] })
    }
    return ids
  }

  /**
   * Stores the addresses of connected members, then of present ones, then of dead ones, which may only be unreachable.
   * Each member starts after its own position in the list, so that the members store different addresses.
   */
  #persistCachedPeers(): void {
    const { self, memberView, overlay, effectQueue } = this.#options
    const all = memberView.snapshot()
    const localIndex = all.findIndex(({ id }) => id === self)
    const others = function* (matches: (status: MemberStatus) => boolean): Generator<string> {
      for (let i = 1; i < all.length; i++) {
        const other = all[(localIndex + i) % all.length]
        if (other && matches(other.status)) yield other.id
      }
    }
    const addresses = cachedPeersOf(
      [overlay.connected(), others(isPresentStatus), others(status => status === 'dead')],
      id => memberView.get(id)?.addresses ?? [],
    )
    // A member that is alone for a while retains the addresses stored before.
    if (addresses.length === 0 || addresses.join() === this.#lastCachedPeers) return
    this.#lastCachedPeers = addresses.join()
    effectQueue.push({ type: 'persist-cached-peers', addresses })
  }

  /**
   * When a member left, or the earliest date of its suspicions. The date is never in the future and never before the
   * incarnation. For a dead member that was alive here the date is at most ten minutes ago, even if a malicious member or
   * a wrong clock gave a suspicion an earlier date.
   */
  #departureDate({ author: id, record }: RecordFact, epochMs: number): number {
    const { table, memberView } = this.#options
    const claims = table.get(id)?.suspicions?.claims ?? []
    const dates = record.leaving ? [record.leftEpochMs] : claims.map(claim => claim.epochMs)
    const hasSeenAlive = !record.leaving && memberView.wasAlive(id)
    const earliestMs = hasSeenAlive ? epochMs - maxUnobservedDeathMs : record.incarnation
    return Math.min(epochMs, Math.max(earliestMs, Math.min(...dates)))
  }
}
