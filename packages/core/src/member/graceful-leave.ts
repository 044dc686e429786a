/**
 * Graceful leave: a leaving member sends its last record to all connected members, besides the rumor, and waits for their
 * acknowledgements.
 *
 * A connection that closes counts as an acknowledgement. The host decides how long to wait.
 */

import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import { agrees } from '../anti-entropy/sync-steps.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { RecordFact } from '../table/row.ts'
import type { Table } from '../table/table.ts'
import { type SyncMessage, syncMessage } from '../wire/codec.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { LocalRecord } from './local-record.ts'

export interface GracefulLeaveOptions {
  readonly self: string
  readonly localRecord: LocalRecord
  readonly table: Table
  readonly overlay: Overlay
  readonly antiEntropy: AntiEntropy
  readonly effectQueue: EffectQueue
}

export class GracefulLeave {
  readonly #options: GracefulLeaveOptions
  /** Connected members that have not acknowledged the record yet. */
  #unacknowledged = new Set<string>()

  constructor(options: GracefulLeaveOptions) {
    this.#options = options
  }

  /** Sends the record and an offer to all connected members. The answer to the offer shows whether the record arrived. */
  begin(fact: RecordFact, nowMs: number): void {
    const { overlay, antiEntropy, effectQueue } = this.#options
    const connected = overlay.connected()
    for (const to of connected) {
      const leave = { to, message: syncMessage({ facts: [fact] }) }
      effectQueue.sendSyncSteps([leave, antiEntropy.offer(to, nowMs)])
    }
    this.#unacknowledged = new Set(connected)
    this.#finishIfAcknowledged()
  }

  /**
   * Handles a sync step: it acknowledges the leave if its digest lists the local member's latest record, or its table equals
   * the local table.
   */
  received(from: string, message: SyncMessage): void {
    const { self, localRecord, table } = this.#options
    const prefix = table.get(self)?.prefix
    const row = message.digest?.rows.find(each => each.prefix === prefix)
    const isListed = row?.incarnation === localRecord.incarnation && row.version === localRecord.version
    if (isListed || agrees(table, message) === true) this.acknowledgedBy(from)
  }

  /** This member has the record, or its connection closed. */
  acknowledgedBy(id: string): void {
    this.#unacknowledged.delete(id)
    this.#finishIfAcknowledged()
  }

  #finishIfAcknowledged(): void {
    if (this.#unacknowledged.size === 0) this.#options.effectQueue.push({ type: 'leave-acknowledged' })
  }
}
