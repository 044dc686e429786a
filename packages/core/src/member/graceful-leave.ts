/**
 * Goodbye: a member that leaves tells its neighbours so itself, besides the rumor, and goes when all of them have it.
 *
 * Whoever is gone itself need not have it. How long one waits for the others is the host's business.
 */

import type { Exchanges } from '../anti-entropy/anti-entropy.ts'
import { agrees } from '../anti-entropy/sync-steps.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { RecordFact, Table } from '../table/table.ts'
import { type SyncMessage, syncMessage } from '../wire/codec.ts'
import type { Outbox } from './effect-queue.ts'
import type { OwnRecord } from './local-record.ts'

export interface GoodbyeOptions {
  readonly self: string
  readonly own: OwnRecord
  readonly table: Table
  readonly overlay: Overlay
  readonly exchanges: Exchanges
  readonly outbox: Outbox
}

export class Goodbye {
  readonly #options: GoodbyeOptions
  /** Neighbours that do not have it yet. */
  #unaware = new Set<string>()

  constructor(options: GoodbyeOptions) {
    this.#options = options
  }

  /** With an offer behind it, whose answer shows that it was heard. */
  say(fact: RecordFact, nowMs: number): void {
    const { overlay, exchanges, outbox } = this.#options
    const linked = overlay.linked()
    for (const to of linked) {
      const goodbye = { to, message: syncMessage({ facts: [fact] }) }
      outbox.send([goodbye, exchanges.offer(to, nowMs)])
    }
    this.#unaware = new Set(linked)
    this.#goIfHeard()
  }

  /** A neighbour said something: perhaps that it has one's latest record. */
  answered(from: string, message: SyncMessage): void {
    const { self, own, table } = this.#options
    const prefix = table.get(self)?.prefix
    const entry = message.digest?.entries.find(each => each.prefix === prefix)
    const isListed = entry?.incarnation === own.incarnation && entry.version === own.version
    if (isListed || agrees(table, message) === true) this.heardBy(from)
  }

  /** This neighbour has it, or is gone itself. */
  heardBy(id: string): void {
    this.#unaware.delete(id)
    this.#goIfHeard()
  }

  #goIfHeard(): void {
    if (this.#unaware.size === 0) this.#options.outbox.push({ type: 'goodbye-heard' })
  }
}
