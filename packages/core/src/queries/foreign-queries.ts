/**
 * Foreign queries: the running queries of other members that arrived here, and the way back to each asker.
 *
 * An answer is relayed once for each query and author, only while the query runs, and only if its author was asked. If there
 * is no capacity for a further query, the oldest one of the asker with the most queries ends, unless the asker of the new one
 * has as many. So a few askers leave capacity for the others.
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

  /** Whether there is capacity for a further query of this asker, or the query of another asker ends for it. */
  hasCapacity(asker: string): boolean {
    const count = this.#counts.get(asker) ?? 0
    if (this.#open.size < maxInAll) return count < maxOfOneAsker
    return count + 1 < (this.#busiest()?.count ?? 0)
  }

  get(id: string): ForeignQuery | undefined {
    return this.#open.get(id)
  }

  /** Adds a query for which `hasCapacity` holds. @returns the id of the query that ended for it, if one did */
  add(
    id: string,
    { author: asker, to, timeoutMs }: SignedQuery,
    upstream: string,
    nowMs: number,
  ): string | undefined {
    const evicted = this.#open.size < maxInAll ? undefined : this.#oldestOf(this.#busiest()?.asker)
    if (evicted !== undefined) this.#remove(evicted)
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
    return evicted
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
    const ended = [...this.#open].filter(([, { deadlineMs }]) => nowMs >= deadlineMs).map(([id]) => id)
    for (const id of ended) this.#remove(id)
    return ended
  }

  #remove(id: string): void {
    const asker = this.#open.get(id)?.asker ?? ''
    this.#open.delete(id)
    const count = (this.#counts.get(asker) ?? 1) - 1
    if (count === 0) this.#counts.delete(asker)
    else this.#counts.set(asker, count)
  }

  /** The asker with the most queries. */
  #busiest(): { readonly asker: string; readonly count: number } | undefined {
    let busiest: { asker: string; count: number } | undefined
    for (const [asker, count] of this.#counts) if (count > (busiest?.count ?? 0)) busiest = { asker, count }
    return busiest
  }

  #oldestOf(asker: string | undefined): string | undefined {
    for (const [id, query] of this.#open) if (query.asker === asker) return id
    return undefined
  }
}
