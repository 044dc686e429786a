/**
 * Load calls: the code of calls that most members never make, such as queries and explanations. It is loaded with the first
 * one.
 *
 * Once the code of queries is loaded, queries are handled synchronously. A simulation loads all of this before it runs.
 */
import type { Keyring } from '../api/keyring.ts'
import type { Query, QueryAnswer, QueryFailure, QueryResult } from '../api/query.ts'

type QueriesModule = typeof import('./cluster-queries.ts')

let loaded: QueriesModule | undefined

export function loadQueries(): QueriesModule | Promise<QueriesModule> {
  return loaded ?? load()
}

async function load(): Promise<QueriesModule> {
  loaded = await import('./cluster-queries.ts')
  return loaded
}

export const loadHeldBy = (): Promise<typeof import('./held-by.ts')> => import('./held-by.ts')

export const loadKeyring = (): Promise<typeof import('./cluster-keyring.ts')> =>
  import('./cluster-keyring.ts')

export const loadExplain = (): Promise<typeof import('./explain.ts')> => import('./explain.ts')

export const loadInvitations = (): Promise<typeof import('./cluster-invitations.ts')> =>
  import('./cluster-invitations.ts')

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

/** A keyring whose code is loaded with each call. */
export function pendingKeyring(load: () => Promise<Keyring>): Keyring {
  return {
    list: async () => (await load()).list(),
    holders: async () => (await load()).holders(),
    add: async key => (await load()).add(key),
    use: async key => (await load()).use(key),
    remove: async (key, options) => (await load()).remove(key, options),
  }
}
