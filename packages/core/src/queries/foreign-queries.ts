/**
 * Foreign queries: the running queries of other members that arrived here, and the way back to each asker.
 *
 * An answer is relayed once for each query and author, only while the query runs, and only if its author was asked.
 */
import type { SignedAnswer, SignedQuery } from '../wire/query-fact.ts'

/** Our choice: twice what a member has open itself. */
const maxOfOneAsker = 128
const maxInAll = 1_024

export interface ForeignQuery {
  readonly asker: string
  /** The peer from which the query arrived first. */
  readonly upstream: string
  readonly deadlineMs: number
  readonly asked: ReadonlySet<string> | undefined
  readonly relayed: Set<string>
  /** This member's own answer, until it was repeated. */
  answer: SignedAnswer | undefined
}

export class ForeignQueries {
  readonly #open = new Map<string, ForeignQuery>()
  readonly #counts = new Map<string, number>()

  get size(): number {
    return this.#open.size
  }

  /** Whether there is room for a further query of this asker. */
  hasRoom(asker: string): boolean {
    return this.#open.size < maxInAll && (this.#counts.get(asker) ?? 0) < maxOfOneAsker
  }

  get(id: string): ForeignQuery | undefined {
    return this.#open.get(id)
  }

  add(id: string, { author: asker, to, timeoutMs }: SignedQuery, upstream: string, nowMs: number): void {
    this.#counts.set(asker, (this.#counts.get(asker) ?? 0) + 1)
    const asked = to && new Set(to)
    this.#open.set(id, {
      asker,
      upstream,
      deadlineMs: nowMs + timeoutMs,
      asked,
      relayed: new Set(),
      answer: undefined,
    })
  }

  /** The query of an answer that may be relayed; undefined if it must not be. */
  toRelay({ query: id, author }: SignedAnswer): ForeignQuery | undefined {
    const query = this.#open.get(id)
    return query && !query.relayed.has(author) && (query.asked?.has(author) ?? true) ? query : undefined
  }

  deadlineMs(): number {
    let deadlineMs = Number.POSITIVE_INFINITY
    for (const query of this.#open.values()) deadlineMs = Math.min(deadlineMs, query.deadlineMs)
    return deadlineMs
  }

  /** Removes the queries whose askers no longer wait. @returns their ids */
  takeEnded(nowMs: number): string[] {
    const ended = [...this.#open].filter(([, { deadlineMs }]) => nowMs >= deadlineMs)
    for (const [id, { asker }] of ended) {
      this.#open.delete(id)
      const count = (this.#counts.get(asker) ?? 1) - 1
      if (count === 0) this.#counts.delete(asker)
      else this.#counts.set(asker, count)
    }
    return ended.map(([id]) => id)
  }
}
