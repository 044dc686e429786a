/**
 * Load calls: the code of calls that most members never make, such as queries and explanations. This code is loaded with the
 * first such call.
 *
 * Once the code of queries is loaded, queries are handled synchronously. A simulation loads all of this before it runs.
 */
import type { Keyring } from '../api/keyring.ts'

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
