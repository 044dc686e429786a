/**
 * Goodbye: a member that leaves tells its neighbours so itself, besides the rumor, and goes when all of them have it.
 *
 * Whoever is gone itself need not have it. How long one waits for the others is the host's business.
 */

import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import { agrees } from '../anti-entropy/sync-steps.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { RecordFact, Table } from '../table/table.ts'
import { type SyncMessage, syncMessage } from '../wire/codec.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { LocalRecord } from './local-record.ts'

export interface GracefulLeaveOptions {
  readonly self: string
  readonly own: LocalRecord
  readonly table: Table
  readonly overlay: Overlay
  readonly antiEntropy: AntiEntropy
  readonly effectQueue: EffectQueue
}

export class GracefulLeave {
  readonly #options: GracefulLeaveOptions
  /** Neighbours that do not have it yet. */
  #unacknowledged = new Set<string>()

  constructor(options: GracefulLeaveOptions) {
    this.#options = options
  }

  /** With an offer behind it, whose answer shows that it was heard. */
  begin(fact: RecordFact, nowMs: number): void {
    const { overlay, antiEntropy, effectQueue } = this.#options
    const linked = overlay.connected()
    for (const to of linked) {
      const goodbye = { to, message: syncMessage({ facts: [fact] }) }
      effectQueue.sendSyncSteps([goodbye, antiEntropy.offer(to, nowMs)])
    }
    this.#unacknowledged = new Set(linked)
    this.#finishIfAcknowledged()
  }

  /** A neighbour said something: perhaps that it has one's latest record. */
  received(from: string, message: SyncMessage): void {
    const { self, own, table } = this.#options
    const prefix = table.get(self)?.prefix
    const entry = message.digest?.rows.find(each => each.prefix === prefix)
    const isListed = entry?.incarnation === own.incarnation && entry.version === own.version
    if (isListed || agrees(table, message) === true) this.acknowledgedBy(from)
  }

  /** This neighbour has it, or is gone itself. */
  acknowledgedBy(id: string): void {
    this.#unacknowledged.delete(id)
    this.#finishIfAcknowledged()
  }

  #finishIfAcknowledged(): void {
    if (this.#unacknowledged.size === 0) this.#options.effectQueue.push({ type: 'leave-acknowledged' })
  }
}
