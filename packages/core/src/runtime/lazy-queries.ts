/**
 * Lazy queries: the queries of a member, whose code is loaded with the first message or call.
 *
 * Once the code is loaded, all calls are synchronous. If it cannot be loaded, the message is dropped, and the next message
 * tries again.
 */
import type { Query, QueryAnswer, QueryFailure, QueryResult } from '../api/query.ts'
import { andThen } from '../base/maybe-async.ts'
import type { DriverHost, DriverListener, QueriesPort, RumorVerdict } from './ports.ts'

export class LazyQueries implements QueriesPort {
  readonly #listener: Pick<DriverListener, 'queries'>
  readonly #host: Pick<DriverHost, 'log'>
  #loaded: QueriesPort | undefined
  #isStopped = false
  /** Other members can send any number of messages, so a failure is logged once. */
  #isFailureLogged = false

  /** @param listener loads the queries, and attaches them */
  constructor(listener: Pick<DriverListener, 'queries'>, host: Pick<DriverHost, 'log'>) {
    this.#listener = listener
    this.#host = host
  }

  attach(queries: QueriesPort): void {
    this.#loaded = queries
    if (this.#isStopped) queries.stop()
  }

  frame(from: string, bytes: Uint8Array): void | Promise<void> {
    return this.#call(queries => queries.frame(from, bytes))
  }

  rumor(from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict> {
    return andThen(
      this.#call(queries => queries.rumor(from, bytes)),
      verdict => verdict ?? 'ignore',
    )
  }

  membersChanged(ids: readonly string[]): void {
    this.#loaded?.membersChanged(ids)
  }

  stop(): void {
    this.#isStopped = true
    this.#loaded?.stop()
  }

  /** @returns undefined if the code cannot be loaded */
  #call<T>(act: (queries: QueriesPort) => T | Promise<T>): T | Promise<T | undefined> | undefined {
    const queries = this.#loaded ?? this.#listener.queries()
    if (!(queries instanceof Promise)) return act(queries)
    return queries.then(act).catch(error => {
      if (!this.#isFailureLogged) this.#host.log(`queries cannot be loaded: ${error}`)
      this.#isFailureLogged = true
      return undefined
    })
  }
}

/** A query that was asked. */
interface Started extends AsyncIterable<QueryAnswer | QueryFailure> {
  readonly result: Promise<QueryResult>
}

/** A query whose code is still being loaded, as the promise and the iterable that an app receives. */
export function pendingQuery(started: Promise<Started>): Query {
  const result = started.then(query => query.result)
  return Object.assign(result, {
    async *[Symbol.asyncIterator]() {
      // An app that only iterates receives the rejection there.
      result.catch(() => {})
      yield* await started
    },
  })
}
