/** Local announcer: drafts this member's own facts. The host signs each draft and hands it back as a fact. */
import { draftFact, type FactBody } from '../wire/fact.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { LocalChange, LocalRecord } from './local-record.ts'

export class LocalAnnouncer {
  readonly #self: string
  readonly #record: LocalRecord
  readonly #effectQueue: EffectQueue
  #heartbeatDueMs: number

  /** @param firstHeartbeatMs when the first heartbeat is due, in monotonic milliseconds. */
  constructor(self: string, localRecord: LocalRecord, effectQueue: EffectQueue, firstHeartbeatMs: number) {
    this.#self = self
    this.#record = localRecord
    this.#effectQueue = effectQueue
    this.#heartbeatDueMs = firstHeartbeatMs
  }

  get heartbeatDueMs(): number {
    return this.#heartbeatDueMs
  }

  /** Announces a new version of the local record. */
  announceChange(change: LocalChange): void {
    this.#record.change(change)
    this.#signRecord()
  }

  /** Announces an incarnation above `claimed`, to refute a claim about that incarnation of this member. */
  refute(claimed: number): void {
    this.#record.refute(claimed)
    this.#signRecord()
  }

  /** Announces a new incarnation that starts now. */
  restart(epochMs: number): void {
    this.#record.restart(epochMs)
    this.#signRecord()
  }

  /** Sends a heartbeat now; the next one is due in `intervalMs`. */
  sendHeartbeat(intervalMs: number, nowMs: number): void {
    this.#heartbeatDueMs = nowMs + intervalMs
    this.#sign(this.#record.nextHeartbeat())
  }

  publishSuspicion(subject: string, incarnation: number, refused: boolean, epochMs: number): void {
    this.#sign({ type: 'suspicion', subject, incarnation, refused, epochMs })
  }

  publishIntroduction(subject: string, incarnation: number): void {
    this.#sign({ type: 'introduction', subject, incarnation })
  }

  #signRecord(): void {
    this.#effectQueue.push({ type: 'persist', incarnation: this.#record.incarnation })
    this.#sign(this.#record.fact())
  }

  #sign(body: FactBody): void {
    this.#effectQueue.push({ type: 'sign', draft: draftFact(this.#self, body) })
  }
}
