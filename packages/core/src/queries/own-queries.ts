/**
 * Own queries: the running queries of this member, and the members for whose answers each of them waits.
 *
 * Each member that was asked is counted once: as an answer, as a failure, or as missing. A query ends when no member is
 * missing any more, and at its deadline at the latest.
 */
import type { SignedAnswer, SignedQuery } from '../wire/query-fact.ts'

/** Our choice: at most half of what other members remember of one author. */
export const maxOwnQueries = 64

/** Our choice: if more members than this have not answered, the query is not repeated to them one by one. */
const maxRepeats = 8

interface OwnQuery {
  readonly query: SignedQuery
  readonly deadlineMs: number
  /** When the query is repeated to the members that have not answered; Infinity: it was repeated already. */
  repeatMs: number
  /** Undefined: all members were asked, and a member that is new may answer as well. */
  readonly asked: ReadonlySet<string> | undefined
  readonly waiting: Set<string>
  readonly missing: Set<string>
  readonly answered: Set<string>
}

/** A query that ended. */
export interface EndedQuery {
  readonly id: string
  readonly missing: readonly string[]
}

export class OwnQueries {
  readonly #open = new Map<string, OwnQuery>()

  get size(): number {
    return this.#open.size
  }

  has(id: string): boolean {
    return this.#open.has(id)
  }

  /**
   * @param here members that are asked and can answer
   * @param absent members that are asked and cannot answer: they are missing from the start
   */
  add(
    id: string,
    query: SignedQuery,
    here: readonly string[],
    absent: readonly string[],
    nowMs: number,
  ): void {
    const { to, timeoutMs } = query
    this.#open.set(id, {
      query,
      deadlineMs: nowMs + timeoutMs,
      repeatMs: nowMs + timeoutMs / 2,
      asked: to && new Set(to),
      waiting: new Set(here),
      missing: new Set(absent),
      answered: new Set(),
    })
  }

  /** Whether the query waits for an answer of this author, which it does not have yet. */
  awaits({ query: id, author }: SignedAnswer): boolean {
    const query = this.#open.get(id)
    return query !== undefined && !query.answered.has(author) && (query.asked?.has(author) ?? true)
  }

  answered({ query: id, author }: SignedAnswer): void {
    const query = this.#open.get(id)
    query?.waiting.delete(author)
    query?.missing.delete(author)
    query?.answered.add(author)
  }

  /** These members died or left. Queries do not wait for their answers any more. */
  gone(ids: readonly string[]): void {
    for (const { waiting, missing } of this.#open.values())
      for (const id of ids) if (waiting.delete(id)) missing.add(id)
  }

  deadlineMs(): number {
    let deadlineMs = Number.POSITIVE_INFINITY
    for (const query of this.#open.values())
      deadlineMs = Math.min(deadlineMs, query.deadlineMs, query.repeatMs)
    return deadlineMs
  }

  /** The queries whose time is half over, and the few members that have not answered. Each query is returned once. */
  takeRepeats(nowMs: number): { readonly query: SignedQuery; readonly to: readonly string[] }[] {
    const due = [...this.#open.values()].filter(({ repeatMs }) => nowMs >= repeatMs)
    for (const query of due) query.repeatMs = Number.POSITIVE_INFINITY
    return due.flatMap(({ query, waiting }) =>
      waiting.size <= maxRepeats ? { query, to: [...waiting] } : [],
    )
  }

  /** Removes and returns the queries that have ended. @param nowMs Infinity ends all of them */
  takeEnded(nowMs: number): EndedQuery[] {
    const ended: EndedQuery[] = []
    for (const [id, { deadlineMs, waiting, missing }] of this.#open) {
      if (waiting.size > 0 && nowMs < deadlineMs) continue
      this.#open.delete(id)
      ended.push({ id, missing: [...missing, ...waiting] })
    }
    return ended
  }
}
