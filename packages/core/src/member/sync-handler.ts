/** Sync intake: what a step of an exchange brings, and what is said to it. */
import type { Exchanges } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { Table } from '../table/table.ts'
import type { SyncMessage } from '../wire/codec.ts'
import type { SignedFact } from '../wire/fact.ts'
import type { Outbox } from './effect-queue.ts'
import type { FactIntake } from './fact-handler.ts'
import type { Goodbye } from './graceful-leave.ts'
import type { OwnRecord } from './local-record.ts'
import type { RoundTrips } from './round-trips.ts'

export interface SyncIntakeOptions {
  readonly table: Table
  readonly intake: FactIntake
  readonly exchanges: Exchanges
  readonly roundTrips: RoundTrips
  readonly own: OwnRecord
  readonly goodbye: Goodbye
  readonly outbox: Outbox
}

export class SyncIntake {
  readonly #options: SyncIntakeOptions

  constructor(options: SyncIntakeOptions) {
    this.#options = options
  }

  /** @param facts those of the message that are news and verified. */
  take(from: string, message: SyncMessage, facts: readonly SignedFact[], now: Instant): void {
    const { intake, exchanges, roundTrips, own, goodbye, outbox } = this.#options
    for (const fact of facts) intake.take(fact, from, now)
    this.#greetForgotten(from, message, now)
    const heard = exchanges.hear(from, message, facts.length > 0, now)
    outbox.send(heard.steps)
    if (heard.roundTripMs !== undefined) roundTrips.measured(from, heard.roundTripMs)
    if (own.leaving) goodbye.answered(from, message)
  }

  /** It was away for so long that it was forgotten, and does not know: as one that is suspected it speaks up in a new life. */
  #greetForgotten(from: string, { facts }: SyncMessage, { epochMs }: Instant): void {
    const { table, outbox } = this.#options
    for (const fact of facts) {
      if (fact.type !== 'record' || fact.author !== from) continue
      const { incarnation } = fact.record
      if (!table.hasForgotten(from, incarnation, epochMs)) continue
      outbox.push({ type: 'send-probe', to: from, message: { type: 'ping', seq: 0, suspected: incarnation } })
    }
  }
}
