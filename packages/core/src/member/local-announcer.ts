/** Own voice: everything this member says in its own name. It is signed by the host, and only then a fact. */
import { draftFact, type FactBody } from '../wire/fact.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { LocalChange, LocalRecord } from './local-record.ts'

export class LocalAnnouncer {
  readonly #self: string
  readonly #record: LocalRecord
  readonly #effectQueue: EffectQueue
  #heartbeatDueMs: number

  /** @param firstHeartbeatMs when the heart begins to beat. */
  constructor(self: string, own: LocalRecord, effectQueue: EffectQueue, firstHeartbeatMs: number) {
    this.#self = self
    this.#record = own
    this.#effectQueue = effectQueue
    this.#heartbeatDueMs = firstHeartbeatMs
  }

  get heartbeatDueMs(): number {
    return this.#heartbeatDueMs
  }

  /** Presents itself, with what changed. */
  announceChange(change: LocalChange): void {
    this.#record.change(change)
    this.#signRecord()
  }

  /** Answers a claim about incarnation `claimed` of itself. */
  refute(claimed: number): void {
    this.#record.refute(claimed)
    this.#signRecord()
  }

  /** In a new life that dates from now. */
  restart(epochMs: number): void {
    this.#record.restart(epochMs)
    this.#signRecord()
  }

  /** Beats now, and means to again in `intervalMs`. */
  sendHeartbeat(intervalMs: number, nowMs: number): void {
    this.#heartbeatDueMs = nowMs + intervalMs
    this.#sign(this.#record.nextHeartbeat())
  }

  publishSuspicion(subject: string, incarnation: number, refused: boolean, epochMs: number): void {
    this.#sign({ type: 'suspicion', subject, incarnation, refused, epochMs })
  }

  #signRecord(): void {
    this.#effectQueue.push({ type: 'persist', incarnation: this.#record.incarnation })
    this.#sign(this.#record.fact())
  }

  #sign(body: FactBody): void {
    this.#effectQueue.push({ type: 'sign', draft: draftFact(this.#self, body) })
  }
}
