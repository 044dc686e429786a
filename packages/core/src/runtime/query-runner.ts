/**
 * Query runner: calls the app's handlers for the queries that ask this member.
 *
 * At most 32 queries run at once, and at most 8 of one asker. A query ends when its handler has settled, or when the asker no
 * longer waits. An error of a handler is reported once in this process; the asker receives only the failure `error`.
 */
import type { QueryHandler } from '../api/query.ts'
import { sharedQueryValue } from '../api/query-checks.ts'
import type { Json } from '../wire/json.ts'
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

export class QueryRunner {
  readonly #handlers: QueryHandlers
  /** Id of the query → its asker, and the controller that ends it. */
  readonly #running = new Map<string, { readonly asker: string; readonly ended: AbortController }>()

  constructor(handlers: QueryHandlers) {
    this.#handlers = handlers
  }

  /** @param answer called once, unless the query is ended before */
  run(id: string, query: RunnableQuery, answer: (outcome: Outcome) => void): void {
    const { name, author: asker } = query
    const handler = this.#handlers.get(name)
    if (!handler) {
      answer({ failure: 'no-handler' })
      return
    }
    const ofAsker = [...this.#running.values()].filter(each => each.asker === asker)
    if (this.#running.size >= maxRunning || ofAsker.length >= maxOfOneAsker) {
      answer({ failure: 'busy' })
      return
    }
    const ended = new AbortController()
    this.#running.set(id, { asker, ended })
    void outcomeOf(handler, query, ended.signal).then(outcome => {
      if (this.#running.delete(id)) answer(outcome)
    })
  }

  /** The asker no longer waits for the answer to this query. */
  end(id: string): void {
    const running = this.#running.get(id)
    this.#running.delete(id)
    running?.ended.abort()
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
