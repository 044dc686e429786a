/** Sync intake: what a step of an exchange brings, and what is said to it. */
import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { Table } from '../table/table.ts'
import type { SyncMessage } from '../wire/codec.ts'
import type { SignedFact } from '../wire/fact.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { FactHandler } from './fact-handler.ts'
import type { GracefulLeave } from './graceful-leave.ts'
import type { LocalRecord } from './local-record.ts'
import type { RoundTrips } from './round-trips.ts'

export interface SyncHandlerOptions {
  readonly table: Table
  readonly factHandler: FactHandler
  readonly antiEntropy: AntiEntropy
  readonly roundTrips: RoundTrips
  readonly own: LocalRecord
  readonly gracefulLeave: GracefulLeave
  readonly effectQueue: EffectQueue
}

export class SyncHandler {
  readonly #options: SyncHandlerOptions

  constructor(options: SyncHandlerOptions) {
    this.#options = options
  }

  /** @param facts those of the message that are news and verified. */
  handle(from: string, message: SyncMessage, facts: readonly SignedFact[], now: Instant): void {
    const { factHandler, antiEntropy, roundTrips, own, gracefulLeave, effectQueue } = this.#options
    for (const fact of facts) factHandler.handle(fact, from, now)
    this.#notifyDropped(from, message, now)
    const heard = antiEntropy.handle(from, message, facts.length > 0, now)
    effectQueue.sendSyncSteps(heard.steps)
    if (heard.roundTripMs !== undefined) roundTrips.record(from, heard.roundTripMs)
    if (own.leaving) gracefulLeave.received(from, message)
  }

  /** It was away for so long that it was forgotten, and does not know: as one that is suspected it speaks up in a new life. */
  #notifyDropped(from: string, { facts }: SyncMessage, { epochMs }: Instant): void {
    const { table, effectQueue } = this.#options
    for (const fact of facts) {
      if (fact.type !== 'record' || fact.author !== from) continue
      const { incarnation } = fact.record
      if (!table.hasTombstone(from, incarnation, epochMs)) continue
      effectQueue.push({
        type: 'send-probe',
        to: from,
        message: { type: 'ping', seq: 0, suspected: incarnation },
      })
    }
  }
}
