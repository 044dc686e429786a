/**
 * Roll call: looks again at each member of whom something changed, once a step, and forgets those long gone.
 *
 * Forgetting has two stages: after the retention a dead or left member is no longer told of; an eighth of the
 * retention later, when nobody tells of it any more, it is dropped but for its last incarnation. Both are counted
 * from the dates that its goodbye or the suspicions of it bear, so all forget together, late joiners too.
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
  readonly own: LocalRecord
  readonly table: Table
  readonly detector: Detector
  readonly overlay: Overlay
  readonly membership: MemberView
  readonly partition: PartitionDetector
  readonly damping: FlapDamping
  readonly effectQueue: EffectQueue
  readonly retentionMs: number
}

const sweepIntervalMs = 30_000
/** Longer than any suspicion lasts: with profile `wan` among 10,000 members at most six minutes. */
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

  /** Something about this member changed: its record or its status. */
  markChanged(id: string): void {
    this.#touched.add(id)
  }

  /** Says what an app should hear of those who were touched. */
  emitChanges({ monotonicMs, epochMs }: Instant): void {
    const { self, own, table, detector, overlay, membership, damping, effectQueue, retentionMs } =
      this.#options
    for (const id of damping.takeDue(monotonicMs)) this.markChanged(id)
    for (const id of this.#touched) {
      const fact = (id === self && own.signed) || table.get(id)?.record
      if (!fact) continue
      const status = id === self ? 'alive' : detector.status(id)?.type
      const verdict = status === 'dead' || status === 'suspect' ? status : 'alive'
      const departedEpochMs = this.#departureDate(fact, epochMs)
      const before = membership.get(id)
      const shown = this.#visibleStatus(fact, verdict, before?.status, monotonicMs)
      const event = shown && membership.observe(fact, shown, departedEpochMs)
      // Not left to the sweep: newcomers would tell each other of the forgotten for as long as newcomers come.
      const isGone = verdict === 'dead' || fact.record.leaving
      if (id !== self && isGone && epochMs - departedEpochMs >= retentionMs) table.stopAdvertising(id)
      if (fact.record.leaving) overlay.remove(id)
      if (event) effectQueue.push({ type: 'event', event })
      if (id !== self && membership.get(id) !== before) effectQueue.changed(id)
      if (event?.type === 'fail') this.#memberDied(monotonicMs)
    }
    this.#touched.clear()
  }

  #memberDied(nowMs: number): void {
    const { membership, partition, damping } = this.#options
    const visible = membership.count('alive', 'suspect')
    partition.memberDied(visible, nowMs)
    if (partition.suspected(visible, nowMs)) damping.partitioned(nowMs)
  }

  #visibleStatus(
    { author: id, record }: RecordFact,
    verdict: DetectorVerdict,
    before: MemberStatus | undefined,
    nowMs: number,
  ): DetectorVerdict | undefined {
    const { damping, detector, membership } = this.#options
    if (record.leaving) {
      damping.forget(id)
      return verdict
    }
    const observer = {
      localHealth: detector.localHealth(),
      visible: membership.count('alive', 'suspect'),
    }
    const shown = before === 'left' ? undefined : before
    return damping.decide(id, verdict, record.incarnation, shown, nowMs, observer)
  }

  /** @returns who was dropped. */
  sweep({ monotonicMs, epochMs }: Instant): string[] {
    const { table, membership, retentionMs } = this.#options
    this.#sweepDueMs = monotonicMs + sweepIntervalMs
    for (const id of membership.departed(epochMs, retentionMs)) table.stopAdvertising(id)
    const dropped = this.#drop(membership.departed(epochMs, retentionMs * 1.125))
    this.#persistCachedPeers()
    this.#options.damping.sweep(monotonicMs)
    return dropped
  }

  /**
   * Newcomers need the room more than those who are gone: when less than a sixteenth of the table is left, that many of
   * the longest departed are dropped before their time.
   *
   * @returns who was dropped.
   */
  freeCapacity(): string[] {
    const { table, membership } = this.#options
    const { free, of } = table.capacity
    const spare = Math.ceil(of / 16)
    return free < spare ? this.#drop(membership.longestDeparted(spare)) : []
  }

  #drop(ids: string[]): string[] {
    const { table, overlay, membership, damping, effectQueue } = this.#options
    for (const id of ids) {
      damping.forget(id)
      table.remove(id)
      membership.forget(id)
      overlay.remove(id)
      effectQueue.push({ type: 'set-addresses', id, addresses: [] })
    }
    return ids
  }

  /** Of those who are here and then of the dead, who may only be out of reach; each member begins at another place. */
  #persistCachedPeers(): void {
    const { self, membership, overlay, effectQueue } = this.#options
    const all = membership.snapshot()
    const ownIndex = all.findIndex(({ id }) => id === self)
    const others = function* (isMeant: (status: MemberStatus) => boolean): Generator<string> {
      for (let i = 1; i < all.length; i++) {
        const other = all[(ownIndex + i) % all.length]
        if (other && isMeant(other.status)) yield other.id
      }
    }
    const addresses = cachedPeersOf(
      [overlay.connected(), others(isPresentStatus), others(status => status === 'dead')],
      id => membership.get(id)?.addresses ?? [],
    )
    // A member that is alone for a while does not forget whom it knew.
    if (addresses.length === 0 || addresses.join() === this.#lastCachedPeers) return
    this.#lastCachedPeers = addresses.join()
    effectQueue.push({ type: 'persist-cached-peers', addresses })
  }

  /**
   * The date of a goodbye, or of the earliest suspicion; never in the future, nor before the life that it ended. Who was
   * alive here a moment ago did not die long before, whatever date a liar, or a clock that is wrong, puts under it.
   */
  #departureDate({ author: id, record }: RecordFact, epochMs: number): number {
    const { table, membership } = this.#options
    const claims = table.get(id)?.suspicions?.claims ?? []
    const dates = record.leaving ? [record.leftEpochMs] : claims.map(claim => claim.epochMs)
    const isObserver = !record.leaving && membership.wasAlive(id)
    const earliestMs = isObserver ? epochMs - maxUnobservedDeathMs : record.incarnation
    return Math.min(epochMs, Math.max(earliestMs, Math.min(...dates)))
  }
}
