/**
 * Load queries: the code of queries, which most members load only when the first query is asked or arrives.
 *
 * Once it is loaded, queries are handled synchronously: a simulation loads it before it runs.
 */
type QueriesModule = typeof import('./cluster-queries.ts')

let loaded: QueriesModule | undefined

export function loadQueries(): QueriesModule | Promise<QueriesModule> {
  return loaded ?? load()
}

async function load(): Promise<QueriesModule> {
  loaded = await import('./cluster-queries.ts')
  return loaded
}
