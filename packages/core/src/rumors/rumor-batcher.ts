/**
 * Rumor buffer: facts on their way out, gathered so that a burst is one message.
 *
 * The first fact after a pause leaves at once; what follows waits at most `maxWaitMs`. A batch never exceeds
 * the size of a rumor, and what waits is bounded: beyond it the oldest is left to anti-entropy.
 */
import { factBytes } from '../table/delta.ts'
import type { SignedFact } from '../wire/fact.ts'
import { limits } from '../wire/limits.ts'

const maxWaitMs = 50
const maxPending = 4_096

export class RumorBatcher {
  #pending: SignedFact[] = []
  #nextSendMs = Number.NEGATIVE_INFINITY

  /** Facts that wait. */
  get size(): number {
    return this.#pending.length
  }

  add(fact: SignedFact): void {
    this.#pending.push(fact)
    if (this.#pending.length > maxPending) this.#pending.shift()
  }

  deadlineMs(): number {
    return this.#pending.length === 0 ? Number.POSITIVE_INFINITY : this.#nextSendMs
  }

  /** The batches that are due, each for one message. */
  take(nowMs: number): SignedFact[][] {
    if (nowMs < this.deadlineMs()) return []
    this.#nextSendMs = nowMs + maxWaitMs
    const batches: SignedFact[][] = []
    let room = 0
    for (const fact of this.#pending) {
      const bytes = factBytes(fact)
      if (bytes > room) {
        batches.push([])
        room = limits.maxRumorBytes
      }
      batches.at(-1)?.push(fact)
      room -= bytes
    }
    this.#pending = []
    return batches
  }
}
