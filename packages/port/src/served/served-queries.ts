/**
 * Served queries: the queries of one view on the member's side, and the queries of members that the view answers.
 *
 * A view has at most 32 queries running and answers at most 256 names. The answers of a view are checked
 * like the values of all other handlers. Other members see an answer of the view as an answer of the member.
 */
import type { Cluster, Json, QueryOptions, QueryResult } from '@hearsay/core'
import { AnswerFailedError, checkSpaceName, InvalidOptionsError, RateLimitError } from '@hearsay/core/app'
import { clusterNumber } from '../contract.ts'
import type { ReplyEvent, ViewQueryCalls } from '../query-calls.ts'
import type { ViewQueue } from './view-queue.ts'
import type { ViewSubscriptions } from './view-subscriptions.ts'

/** Our choice: half of what the member can have. */
const maxQueries = 32
const maxNames = 256
const failures: readonly unknown[] = ['no-handler', 'busy', 'error']

export interface ServedQueriesOptions {
  readonly cluster: Cluster
  readonly queue: ViewQueue
  readonly subscriptions: ViewSubscriptions
  readonly handlers: RemoteHandlers
}

/** The handlers of the view, at the other end of the port. */
export interface RemoteHandlers {
  /** Resolves with what the view sent, which may be anything; never, if its port closes. */
  readonly asked: (...values: Parameters<ViewQueryCalls['asked']>) => Promise<unknown>
  readonly askedNoMore: (number: number) => void
}

export class ServedQueries {
  readonly #options: ServedQueriesOptions
  /** Name → what ends the handler. */
  readonly #answered = new Map<string, () => void>()
  #open = 0
  #lastAsked = 0

  constructor(options: ServedQueriesOptions) {
    this.#options = options
  }

  async query(
    number: number,
    name: string,
    payload: unknown,
    options: QueryOptions | undefined,
  ): Promise<QueryResult> {
    const { cluster, queue } = this.#options
    if (this.#open >= maxQueries)
      throw new RateLimitError(
        `query: ${maxQueries} queries of this view are running. Wait until some have ended`,
      )
    this.#open += 1
    try {
      const query = cluster.query(name, payload, options)
      for await (const reply of query)
        queue.event(clusterNumber, 'reply', [number, reply] satisfies ReplyEvent)
      return await query
    } finally {
      this.#open -= 1
    }
  }

  answer(name: string, isAnswered: boolean): void {
    checkSpaceName('answer', name)
    const { cluster, subscriptions } = this.#options
    this.#answered.get(name)?.()
    this.#answered.delete(name)
    if (isAnswered !== true) return
    if (this.#answered.size >= maxNames)
      throw new InvalidOptionsError(`answer: this view answers ${maxNames} names already: stop one first`)
    const isFirst = this.#answered.size === 0
    this.#answered.set(
      name,
      cluster.answer(name, (payload, { from, signal }) => this.#ask(name, payload, from, signal)),
    )
    if (isFirst) subscriptions.onClose(clusterNumber, () => this.end())
  }

  /** The view has ended: it answers nothing any more. */
  end(): void {
    for (const stop of this.#answered.values()) stop()
    this.#answered.clear()
  }

  async #ask(name: string, payload: Json, from: string, signal: AbortSignal): Promise<unknown> {
    const { handlers } = this.#options
    const number = ++this.#lastAsked
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        handlers.askedNoMore(number)
        reject(signal.reason)
      })
    })
    const outcome: unknown = await Promise.race([handlers.asked(number, name, payload, from), aborted])
    if (typeof outcome !== 'object' || outcome === null) throw new AnswerFailedError('error')
    if ('value' in outcome) return outcome.value
    const failure = 'failure' in outcome && failures.includes(outcome.failure) ? outcome.failure : 'error'
    throw new AnswerFailedError(failure as AnswerFailedError['reason'])
  }
}
