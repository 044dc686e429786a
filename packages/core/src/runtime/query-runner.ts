/**
 * Query runner: calls the app's handlers for the queries that ask this member.
 *
 * At most 32 handlers run at once, and at most 8 for one asker. A query ends when its handler has settled, or when the asker no
 * longer waits. In the second case the handler may ignore the signal and run on: it counts until it has settled, but at most
 * for the longest time of a query. So an asker with short timeouts cannot start more handlers. This process reports an error of
 * a handler once; the asker receives only the failure `error`.
 */
import type { QueryHandler } from '../api/query.ts'
import { sharedQueryValue } from '../api/query-checks.ts'
import type { Json } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'
import type { AnswerFailure, SignedQuery } from '../wire/query-fact.ts'
import { reportAppError } from './app-calls.ts'
import type { QueryHandlers } from './query-handlers.ts'

/** Our choice: most apps can run this many calls at once. */
const maxRunning = 32
/** Our choice: one asker leaves most of the capacity to others. */
const maxOfOneAsker = 8

/**
 * A handler that only forwards a query, such as to a handler in a view, throws this error when the other handler fails. The
 * other handler's side has already reported the failure.
 */
export class AnswerFailedError extends Error {
  override readonly name = 'AnswerFailedError'
  readonly reason: AnswerFailure

  constructor(reason: AnswerFailure) {
    super(reason)
    this.reason = reason
  }
}

/** The parts of a query that a handler needs. */
export type RunnableQuery = Pick<SignedQuery, 'name' | 'author' | 'value'>

export type Outcome = { readonly value: Json } | { readonly failure: AnswerFailure }

interface Running {
  readonly asker: string
  /** Ends the query. */
  readonly ended: AbortController
  readonly startedMs: number
}

export class QueryRunner {
  readonly #handlers: QueryHandlers
  readonly #nowMs: () => number
  /** Id of the query → its handler, which may run on after the query has ended. */
  readonly #running = new Map<string, Running>()

  /** @param nowMs monotonic milliseconds */
  constructor(handlers: QueryHandlers, nowMs: () => number) {
    this.#handlers = handlers
    this.#nowMs = nowMs
  }

  /** @param answer called once, unless the query is ended before */
  run(id: string, query: RunnableQuery, answer: (outcome: Outcome) => void): void {
    const { name, author: asker } = query
    const handler = this.#handlers.get(name)
    if (!handler) {
      answer({ failure: 'no-handler' })
      return
    }
    this.#dropUnsettled()
    const ofAsker = [...this.#running.values()].filter(each => each.asker === asker)
    if (this.#running.size >= maxRunning || ofAsker.length >= maxOfOneAsker) {
      answer({ failure: 'busy' })
      return
    }
    const ended = new AbortController()
    const running = { asker, ended, startedMs: this.#nowMs() }
    this.#running.set(id, running)
    void outcomeOf(handler, query, ended.signal).then(outcome => {
      if (this.#running.get(id) === running) this.#running.delete(id)
      if (!ended.signal.aborted) answer(outcome)
    })
  }

  /** The asker no longer waits for the answer to this query. */
  end(id: string): void {
    this.#running.get(id)?.ended.abort()
  }

  /** Handlers that never settle would otherwise count against the limits for ever. */
  #dropUnsettled(): void {
    const beforeMs = this.#nowMs() - limits.maxQueryTimeoutMs
    for (const [id, { ended, startedMs }] of this.#running)
      if (ended.signal.aborted && startedMs <= beforeMs) this.#running.delete(id)
  }
}

async function outcomeOf(handler: QueryHandler, query: RunnableQuery, signal: AbortSignal): Promise<Outcome> {
  try {
    const value = await handler(query.value, { from: query.author, signal })
    return { value: sharedQueryValue(`the answer to '${query.name}'`, value) }
  } catch (error) {
    if (error instanceof AnswerFailedError) return { failure: error.reason }
    // A handler that was aborted may reject: that is no error.
    if (!signal.aborted) reportAppError(error)
    return { failure: 'error' }
  }
}
