/**
 * Answer outbox: merges the answers that go to one peer into few frames.
 *
 * The first answer after a pause is sent immediately, later ones wait at most `maxWaitMs`. At most `maxPending` answers
 * wait for one peer: further ones are dropped, and their query ends without them.
 */
import { batchesOf } from '../base/arrays.ts'
import { factBytes } from '../wire/fact-envelope.ts'
import type { QueryFact } from '../wire/query-fact.ts'

/** Our choice: short against the round trips of a query, long enough for the answers of a subtree. */
const maxWaitMs = 20
const maxPending = 4_096
const maxBatchBytes = 49_152

interface Pending {
  nextSendMs: number
  facts: QueryFact[]
}

export class AnswerOutbox {
  readonly #peers = new Map<string, Pending>()

  add(to: string, fact: QueryFact, nowMs: number): void {
    const pending = this.#peers.get(to) ?? { nextSendMs: nowMs, facts: [] }
    this.#peers.set(to, pending)
    if (pending.facts.length < maxPending) pending.facts.push(fact)
  }

  /** When answers are due, in monotonic milliseconds; Infinity if none wait. */
  deadlineMs(): number {
    let deadlineMs = Number.POSITIVE_INFINITY
    for (const { nextSendMs, facts } of this.#peers.values())
      if (facts.length > 0) deadlineMs = Math.min(deadlineMs, nextSendMs)
    return deadlineMs
  }

  /** Removes and returns the frames that are due. */
  take(nowMs: number): { to: string; facts: QueryFact[] }[] {
    const due: { to: string; facts: QueryFact[] }[] = []
    for (const [to, pending] of this.#peers) {
      if (nowMs < pending.nextSendMs) continue
      if (pending.facts.length === 0) this.#peers.delete(to)
      else {
        for (const facts of batchesOf(pending.facts, maxBatchBytes, factBytes)) due.push({ to, facts })
        pending.facts = []
        pending.nextSendMs = nowMs + maxWaitMs
      }
    }
    return due
  }
}
