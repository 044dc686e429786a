/** Sync handler: merges the facts of a received sync step and sends the answer. */
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
  readonly localRecord: LocalRecord
  readonly gracefulLeave: GracefulLeave
  readonly effectQueue: EffectQueue
}

export class SyncHandler {
  readonly #options: SyncHandlerOptions

  constructor(options: SyncHandlerOptions) {
    this.#options = options
  }

  /** @param facts the new facts of the message, verified. */
  handle(from: string, message: SyncMessage, facts: readonly SignedFact[], now: Instant): void {
    const { factHandler, antiEntropy, roundTrips, localRecord, gracefulLeave, effectQueue } = this.#options
    for (const fact of facts) factHandler.handle(fact, from, now)
    if (message.digest) factHandler.introduceMissing(message.digest, now)
    this.#notifyDropped(from, message, now)
    const { steps, roundTripMs } = antiEntropy.handle(from, message, facts.length > 0, now)
    effectQueue.sendSyncSteps(steps)
    if (roundTripMs !== undefined) roundTrips.record(from, roundTripMs)
    if (localRecord.leaving) gracefulLeave.received(from, message)
  }

  /**
   * Notifies a member that returns in an incarnation that a tombstone covers: its record cannot be merged. A ping with a
   * suspicion makes the member start a new incarnation.
   */
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
