/** Pending query: a query whose code is still being loaded, as the promise and the iterable that an app receives. */
import type { Query, QueryAnswer, QueryFailure, QueryResult } from '../api/query.ts'

/** A query that was asked. */
interface Started extends AsyncIterable<QueryAnswer | QueryFailure> {
  readonly result: Promise<QueryResult>
}

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
