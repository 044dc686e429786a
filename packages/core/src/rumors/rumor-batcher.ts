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
const maxWaiting = 4_096

export class RumorBuffer {
  #waiting: SignedFact[] = []
  #quietUntilMs = Number.NEGATIVE_INFINITY

  /** Facts that wait. */
  get size(): number {
    return this.#waiting.length
  }

  add(fact: SignedFact): void {
    this.#waiting.push(fact)
    if (this.#waiting.length > maxWaiting) this.#waiting.shift()
  }

  deadlineMs(): number {
    return this.#waiting.length === 0 ? Number.POSITIVE_INFINITY : this.#quietUntilMs
  }

  /** The batches that are due, each for one message. */
  take(nowMs: number): SignedFact[][] {
    if (nowMs < this.deadlineMs()) return []
    this.#quietUntilMs = nowMs + maxWaitMs
    const batches: SignedFact[][] = []
    let room = 0
    for (const fact of this.#waiting) {
      const bytes = factBytes(fact)
      if (bytes > room) {
        batches.push([])
        room = limits.maxRumorBytes
      }
      batches.at(-1)?.push(fact)
      room -= bytes
    }
    this.#waiting = []
    return batches
  }
}
