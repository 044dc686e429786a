/**
 * Departed members: removes dead and left members in two stages.
 *
 * After the retention time, 24 hours, a dead or left member is no longer advertised. After another eighth of the retention time,
 * when no member advertises it any more, its row is deleted and its last incarnation becomes a tombstone. Both times count
 * from the dates in the leaving record or in the suspicions, so all members, also late joiners, remove the member at about
 * the same time.
 *
 * An ephemeral member that left is advertised for a minute only, so that all members learn that it left. Apps do not see it
 * any more.
 */
import type { Overlay } from '../overlay/overlay.ts'
import type { RecordFact } from '../table/row.ts'
import type { Table } from '../table/table.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { FlapDamping } from './flap-damping.ts'
import { isForgotten, type MemberView } from './member-view.ts'

export interface DepartedMembersOptions {
  readonly table: Table
  readonly overlay: Overlay
  readonly memberView: MemberView
  readonly damping: FlapDamping
  readonly effectQueue: EffectQueue
  readonly retentionMs: number
}

/** Our choice: one day. */
export const defaultRetentionMs = 86_400_000

/** Our choice: longer than any suspicion, which takes at most six minutes with profile `wan` and 10,000 members. */
const maxUnobservedDeathMs = 600_000
/** The row is deleted after this multiple of the retention time. */
const deletionFactor = 1.125

/**
 * Our choice: a rumor needs a second to reach all members. If it is lost, anti-entropy needs at most some ten rounds of 5 s.
 */
const ephemeralRetentionMs = 60_000
/** Our choice: two sweeps after the last member has stopped advertising the departed member. */
const ephemeralDeletionMs = 3 * ephemeralRetentionMs

export class DepartedMembers {
  readonly #options: DepartedMembersOptions

  constructor(options: DepartedMembersOptions) {
    this.#options = options
  }

  /** Stops advertising members of the first stage and drops those of the second. @returns the ids of the dropped members */
  sweep(epochMs: number): string[] {
    const { table, memberView, retentionMs } = this.#options
    for (const id of memberView.departed(epochMs, retentionMs, ephemeralRetentionMs))
      table.stopAdvertising(id)
    return this.#drop(memberView.departed(epochMs, retentionMs * deletionFactor, ephemeralDeletionMs))
  }

  /**
   * Makes capacity for new members if less than a sixteenth of the table is free. Drops the members that departed first,
   * before their retention time ends: a sixteenth of the table at most.
   *
   * @returns the ids of the dropped members
   */
  freeCapacity(): string[] {
    const { table, memberView } = this.#options
    const { free, of } = table.capacity
    const spare = Math.ceil(of / 16)
    return free < spare ? this.#drop(memberView.longestDeparted(spare)) : []
  }

  /** Whether a member that departed at this date is in the first stage. */
  isExpired(fact: RecordFact, departedEpochMs: number, epochMs: number): boolean {
    const retentionMs = isForgotten(fact) ? ephemeralRetentionMs : this.#options.retentionMs
    return epochMs - departedEpochMs >= retentionMs
  }

  /**
   * When a member left, or the earliest date of its suspicions. The date is never in the future and never before the
   * incarnation. If this member has seen the dead member alive, the date is at most ten minutes ago. So a suspicion with an
   * earlier date, from a malicious member or a wrong clock, has no effect.
   *
   * For an ephemeral member that left and was seen alive here, the date is now: its clock may be wrong by more than a minute.
   */
  departureDate(fact: RecordFact, epochMs: number): number {
    const { table, memberView } = this.#options
    const { author: id, record } = fact
    if (isForgotten(fact) && memberView.wasAlive(id)) return epochMs
    const claims = table.get(id)?.suspicions?.claims ?? []
    const dates = record.leaving ? [record.leftEpochMs] : claims.map(claim => claim.epochMs)
    const hasSeenAlive = !record.leaving && memberView.wasAlive(id)
    const earliestMs = hasSeenAlive ? epochMs - maxUnobservedDeathMs : record.incarnation
    return Math.min(epochMs, Math.max(earliestMs, Math.min(...dates)))
  }

  /** Drops a member at once, without a retention time. */
  remove(id: string): void {
    this.#drop([id])
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
}
