/**
 * Rumor batcher: combines outgoing facts, so that a burst of facts becomes one message.
 *
 * The first fact after a pause is sent immediately; later facts wait at most `maxWaitMs`. A batch never exceeds the size
 * of a rumor. At most `maxPending` facts wait: beyond it the oldest fact is dropped, and anti-entropy spreads it.
 */
import { batchesOf } from '../base/arrays.ts'
import type { SignedFact } from '../wire/fact.ts'
import { factBytes } from '../wire/fact-envelope.ts'
import * as limits from '../wire/limits.ts'

/** Our choice: 50 ms. */
const maxWaitMs = 50
const maxPending = 4_096

export class RumorBatcher {
  #pending: SignedFact[] = []
  #nextSendMs = Number.NEGATIVE_INFINITY

  /** The number of waiting facts. */
  get size(): number {
    return this.#pending.length
  }

  add(fact: SignedFact): void {
    this.#pending.push(fact)
    if (this.#pending.length > maxPending) this.#pending.shift()
  }

  /** The waiting facts are due now. */
  sendNow(): void {
    this.#nextSendMs = Number.NEGATIVE_INFINITY
  }

  /** When the waiting facts are due, in monotonic milliseconds; Infinity if no fact waits. */
  deadlineMs(): number {
    return this.#pending.length === 0 ? Number.POSITIVE_INFINITY : this.#nextSendMs
  }

  /** Removes and returns the batches that are due, each for one message. */
  take(nowMs: number): SignedFact[][] {
    if (nowMs < this.deadlineMs()) return []
    this.#nextSendMs = nowMs + maxWaitMs
    const batches = batchesOf(this.#pending, limits.maxRumorBytes, factBytes)
    this.#pending = []
    return batches
  }
}
