/**
 * Member events: once per step, updates the view of each changed member and emits its event. Stores the addresses of
 * members at intervals.
 */
import type { Detector } from '@hearsay/failure-detector'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import { PeerCache } from '../overlay/peer-cache.ts'
import type { RecordFact } from '../table/row.ts'
import type { Table } from '../table/table.ts'
import type { DepartedMembers } from './departed-members.ts'
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
  readonly departedMembers: DepartedMembers
  readonly partition: PartitionDetector
  readonly damping: FlapDamping
  readonly effectQueue: EffectQueue
}

const sweepIntervalMs = 30_000

export class MemberEvents {
  readonly #options: MemberEventsOptions
  readonly #touched = new Set<string>()
  readonly #peerCache = new PeerCache()
  #sweepDueMs: number

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
    const { self, localRecord, table, detector, overlay, memberView, departedMembers, damping, effectQueue } =
      this.#options
    for (const id of damping.takeDue(monotonicMs)) this.markChanged(id)
    for (const id of this.#touched) {
      const fact = (id === self && localRecord.signed) || table.get(id)?.record
      if (!fact) continue
      const status = id === self ? 'alive' : detector.status(id)?.type
      const verdict = status === 'dead' || status === 'suspect' ? status : 'alive'
      const departedEpochMs = departedMembers.departureDate(fact, epochMs)
      const before = memberView.get(id)
      const shown = this.#visibleStatus(fact, verdict, before?.status, monotonicMs)
      const event = shown && memberView.observe(fact, shown, departedEpochMs, epochMs)
      // Do not leave this to the sweep: while members keep joining, they would send each other expired rows again and
      // again.
      const hasDeparted = verdict === 'dead' || fact.record.leaving
      if (id !== self && hasDeparted && departedMembers.isExpired(fact, departedEpochMs, epochMs))
        table.stopAdvertising(id)
      if (fact.record.leaving) overlay.remove(id)
      if (event) effectQueue.push({ type: 'event', event })
      if (id !== self && memberView.get(id) !== before) effectQueue.changed(id)
      if (event?.type === 'fail') this.#memberDied(id, monotonicMs)
    }
    this.#touched.clear()
  }

  #memberDied(id: string, nowMs: number): void {
    const { memberView, partition, damping } = this.#options
    const visible = memberView.count('alive', 'suspect')
    partition.memberDied(id, visible, nowMs)
    if (partition.suspected(visible, nowMs)) damping.partitioned(nowMs)
  }

  #visibleStatus(
    { author: id, record }: RecordFact,
    verdict: DetectorVerdict,
    before: MemberStatus | undefined,
    nowMs: number,
  ): DetectorVerdict | undefined {
    const { self, table, damping, detector, memberView } = this.#options
    if (record.leaving) {
      damping.forget(id)
      return verdict
    }
    const claims = table.get(id)?.suspicions?.claims ?? []
    const local = {
      localHealth: detector.localHealth(),
      visible: memberView.count('alive', 'suspect'),
      isSoleClaim: claims.length === 1 && claims[0]?.author !== self,
    }
    const shown = before === 'left' ? undefined : before
    return damping.decide(id, verdict, record.incarnation, shown, nowMs, local)
  }

  /**
   * Drops members that departed long ago, dates attention again after the clock was set back, and stores addresses.
   *
   * @returns the ids of the dropped members
   */
  sweep({ monotonicMs, epochMs }: Instant): string[] {
    const { departedMembers, memberView, damping } = this.#options
    this.#sweepDueMs = monotonicMs + sweepIntervalMs
    for (const { id, attention } of memberView.snapshot())
      if (attention.sinceMs > epochMs) this.markChanged(id)
    const dropped = departedMembers.sweep(epochMs)
    this.persistCachedPeers()
    damping.sweep(monotonicMs)
    return dropped
  }

  /**
   * Stores the addresses of connected members, then of present ones, then of dead ones, which may only be unreachable, then of
   * those that left: all members may stop at the same time. Each member starts after its own position in the list, so that
   * the members store different addresses.
   */
  persistCachedPeers(): void {
    const { self, memberView, overlay, effectQueue } = this.#options
    const all = memberView.snapshot()
    const localIndex = all.findIndex(({ id }) => id === self)
    const others = function* (matches: (status: MemberStatus) => boolean): Generator<string> {
      for (let i = 1; i < all.length; i++) {
        const other = all[(localIndex + i) % all.length]
        if (other && matches(other.status)) yield other.id
      }
    }
    const addresses = this.#peerCache.changed(
      [
        overlay.connected(),
        others(isPresentStatus),
        others(status => status === 'dead'),
        others(status => status === 'left'),
      ],
      id => memberView.get(id)?.addresses ?? [],
    )
    if (addresses) effectQueue.push({ type: 'persist-cached-peers', addresses })
  }
}
