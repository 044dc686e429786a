/** Own voice: everything this member says in its own name. It is signed by the host, and only then a fact. */
import { draftFact, type FactBody } from '../wire/fact.ts'
import type { Outbox } from './effect-queue.ts'
import type { OwnChange, OwnRecord } from './local-record.ts'

export class OwnVoice {
  readonly #self: string
  readonly #own: OwnRecord
  readonly #outbox: Outbox
  #beatDueMs: number

  /** @param firstBeatMs when the heart begins to beat. */
  constructor(self: string, own: OwnRecord, outbox: Outbox, firstBeatMs: number) {
    this.#self = self
    this.#own = own
    this.#outbox = outbox
    this.#beatDueMs = firstBeatMs
  }

  get beatDueMs(): number {
    return this.#beatDueMs
  }

  /** Presents itself, with what changed. */
  present(change: OwnChange): void {
    this.#own.change(change)
    this.#sayRecord()
  }

  /** Answers a claim about incarnation `claimed` of itself. */
  refute(claimed: number): void {
    this.#own.refute(claimed)
    this.#sayRecord()
  }

  /** In a new life that dates from now. */
  beginAnew(epochMs: number): void {
    this.#own.beginAnew(epochMs)
    this.#sayRecord()
  }

  /** Beats now, and means to again in `intervalMs`. */
  beat(intervalMs: number, nowMs: number): void {
    this.#beatDueMs = nowMs + intervalMs
    this.#say(this.#own.beat())
  }

  accuse(subject: string, incarnation: number, hard: boolean, epochMs: number): void {
    this.#say({ type: 'suspicion', subject, incarnation, hard, epochMs })
  }

  #sayRecord(): void {
    this.#outbox.push({ type: 'persist', incarnation: this.#own.incarnation })
    this.#say(this.#own.fact())
  }

  #say(body: FactBody): void {
    this.#outbox.push({ type: 'sign', draft: draftFact(this.#self, body) })
  }
}
