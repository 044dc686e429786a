/**
 * Roll call: looks again at each member of whom something changed, once a step, and forgets those long gone.
 *
 * Forgetting has two stages: after the retention a dead or left member is no longer told of; an eighth of the
 * retention later, when nobody tells of it any more, it is dropped but for its last incarnation.
 */
import type { Detector } from '@hearsay/failure-detector'
import type { Overlay } from '../overlay/overlay.ts'
import type { Table } from '../state/table.ts'
import type { Membership } from './membership.ts'
import type { Outbox } from './outbox.ts'
import type { PartitionWatch } from './partition-watch.ts'

export interface RollCallOptions {
  readonly self: string
  readonly table: Table
  readonly detector: Detector
  readonly overlay: Overlay
  readonly membership: Membership
  readonly partition: PartitionWatch
  readonly outbox: Outbox
  readonly retentionMs: number
}

const sweepIntervalMs = 30_000

export class RollCall {
  readonly #options: RollCallOptions
  readonly #touched = new Set<string>()
  #sweepDueMs: number

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
  look(nowMs: number): void {
    const { self, table, detector, overlay, membership, partition, outbox } = this.#options
    for (const id of this.#touched) {
      const fact = table.get(id)?.record
      if (!fact) continue
      const status = id === self ? 'alive' : detector.status(id)?.type
      const verdict = status === 'dead' || status === 'suspect' ? status : 'alive'
      const event = membership.observe(fact, verdict, nowMs)
      if (fact.record.leaving) overlay.gone(id)
      if (event) outbox.push({ type: 'event', event })
      if (event?.type === 'fail') partition.lost(membership.count('alive', 'suspect'), nowMs)
    }
    this.#touched.clear()
  }

  /** @returns who was dropped. */
  sweep(nowMs: number): string[] {
    const { table, overlay, membership, outbox, retentionMs } = this.#options
    this.#sweepDueMs = nowMs + sweepIntervalMs
    for (const id of membership.departed(nowMs, retentionMs)) table.unshare(id)
    const dropped = membership.departed(nowMs, retentionMs * 1.125)
    for (const id of dropped) {
      table.forget(id)
      membership.forget(id)
      overlay.gone(id)
      outbox.push({ type: 'learn', id, addresses: [] })
    }
    return dropped
  }
}
