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
import { acquaintancesOf } from '../overlay/peer-cache.ts'
import type { RecordFact, Table } from '../table/table.ts'
import type { Outbox } from './effect-queue.ts'
import type { FlapDamping, Verdict } from './flap-damping.ts'
import type { OwnRecord } from './local-record.ts'
import type { MemberStatus } from './member.ts'
import { isHere, type Membership } from './member-view.ts'
import type { PartitionWatch } from './partition-detector.ts'

export interface RollCallOptions {
  readonly self: string
  readonly own: OwnRecord
  readonly table: Table
  readonly detector: Detector
  readonly overlay: Overlay
  readonly membership: Membership
  readonly partition: PartitionWatch
  readonly damping: FlapDamping
  readonly outbox: Outbox
  readonly retentionMs: number
}

const sweepIntervalMs = 30_000
/** Longer than any suspicion lasts: with profile `wan` among 10,000 members at most six minutes. */
const longestDyingMs = 600_000

export class RollCall {
  readonly #options: RollCallOptions
  readonly #touched = new Set<string>()
  #sweepDueMs: number
  #kept = ''

  constructor(options: RollCallOptions, nowMs: number) {
    this.#options = options
    this.#sweepDueMs = nowMs + sweepIntervalMs
  }

  get sweepDueMs(): number {
    return this.#sweepDueMs
  }

  /** Something about this member changed: its record or its status. */
  touch(id: string): void {
    this.#touched.add(id)
  }

  /** Says what an app should hear of those who were touched. */
  look({ monotonicMs, epochMs }: Instant): void {
    const { self, own, table, detector, overlay, membership, damping, outbox, retentionMs } = this.#options
    for (const id of damping.takeDue(monotonicMs)) this.touch(id)
    for (const id of this.#touched) {
      const fact = (id === self && own.signed) || table.get(id)?.record
      if (!fact) continue
      const status = id === self ? 'alive' : detector.status(id)?.type
      const verdict = status === 'dead' || status === 'suspect' ? status : 'alive'
      const departedEpochMs = this.#departureDate(fact, epochMs)
      const before = membership.get(id)
      const shown = this.#toShow(fact, verdict, before?.status, monotonicMs)
      const event = shown && membership.observe(fact, shown, departedEpochMs)
      // Not left to the sweep: newcomers would tell each other of the forgotten for as long as newcomers come.
      const isGone = verdict === 'dead' || fact.record.leaving
      if (id !== self && isGone && epochMs - departedEpochMs >= retentionMs) table.unshare(id)
      if (fact.record.leaving) overlay.gone(id)
      if (event) outbox.push({ type: 'event', event })
      if (id !== self && membership.get(id) !== before) outbox.changed(id)
      if (event?.type === 'fail') this.#lost(monotonicMs)
    }
    this.#touched.clear()
  }

  #lost(nowMs: number): void {
    const { membership, partition, damping } = this.#options
    const visible = membership.count('alive', 'suspect')
    partition.lost(visible, nowMs)
    if (partition.suspected(visible, nowMs)) damping.partitioned(nowMs)
  }

  #toShow(
    { author: id, record }: RecordFact,
    verdict: Verdict,
    before: MemberStatus | undefined,
    nowMs: number,
  ): Verdict | undefined {
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
    return damping.look(id, verdict, record.incarnation, shown, nowMs, observer)
  }

  /** @returns who was dropped. */
  sweep({ monotonicMs, epochMs }: Instant): string[] {
    const { table, membership, retentionMs } = this.#options
    this.#sweepDueMs = monotonicMs + sweepIntervalMs
    for (const id of membership.departed(epochMs, retentionMs)) table.unshare(id)
    const dropped = this.#drop(membership.departed(epochMs, retentionMs * 1.125))
    this.#keepAcquaintances()
    this.#options.damping.sweep(monotonicMs)
    return dropped
  }

  /**
   * Newcomers need the room more than those who are gone: when less than a sixteenth of the table is left, that many of
   * the longest departed are dropped before their time.
   *
   * @returns who was dropped.
   */
  makeRoom(): string[] {
    const { table, membership } = this.#options
    const { left, of } = table.room
    const spare = Math.ceil(of / 16)
    return left < spare ? this.#drop(membership.longestDeparted(spare)) : []
  }

  #drop(ids: string[]): string[] {
    const { table, overlay, membership, damping, outbox } = this.#options
    for (const id of ids) {
      damping.forget(id)
      table.forget(id)
      membership.forget(id)
      overlay.gone(id)
      outbox.push({ type: 'learn', id, addresses: [] })
    }
    return ids
  }

  /** Of those who are here and then of the dead, who may only be out of reach; each member begins at another place. */
  #keepAcquaintances(): void {
    const { self, membership, overlay, outbox } = this.#options
    const everybody = membership.snapshot()
    const ownPlace = everybody.findIndex(({ id }) => id === self)
    const others = function* (isMeant: (status: MemberStatus) => boolean): Generator<string> {
      for (let i = 1; i < everybody.length; i++) {
        const other = everybody[(ownPlace + i) % everybody.length]
        if (other && isMeant(other.status)) yield other.id
      }
    }
    const addresses = acquaintancesOf(
      [overlay.linked(), others(isHere), others(status => status === 'dead')],
      id => membership.get(id)?.addresses ?? [],
    )
    // A member that is alone for a while does not forget whom it knew.
    if (addresses.length === 0 || addresses.join() === this.#kept) return
    this.#kept = addresses.join()
    outbox.push({ type: 'persist-acquaintances', addresses })
  }

  /**
   * The date of a goodbye, or of the earliest suspicion; never in the future, nor before the life that it ended. Who was
   * alive here a moment ago did not die long before, whatever date a liar, or a clock that is wrong, puts under it.
   */
  #departureDate({ author: id, record }: RecordFact, epochMs: number): number {
    const { table, membership } = this.#options
    const claims = table.get(id)?.suspicions?.claims ?? []
    const dates = record.leaving ? [record.leftEpochMs] : claims.map(claim => claim.epochMs)
    const isWitness = !record.leaving && membership.wasAlive(id)
    const earliestMs = isWitness ? epochMs - longestDyingMs : record.incarnation
    return Math.min(epochMs, Math.max(earliestMs, Math.min(...dates)))
  }
}
