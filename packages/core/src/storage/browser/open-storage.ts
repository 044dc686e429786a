/// <reference lib="dom" />
/**
 * Storage in a browser: opens the store of a member, an IndexedDB database.
 *
 * Only one page at a time uses the identity in the database: two pages with one identity would be one member. Each further
 * page has its own identity until it closes. Stored rooms and configs can be merged, so all pages share them. A database
 * that is not hearsay's is left unchanged.
 */
import type { Datastore } from 'interface-datastore'
import { StorageError } from '../../api/errors.ts'
import { identityKey } from '../member-storage.ts'
import type { OpenedStorage } from '../recoverable-datastore.ts'
import { EphemeralDatastore, type RecoverableDatastore } from '../recoverable-datastore.ts'
import type { DurableIdbDatastore } from './durable-idb-datastore.ts'

/**
 * Opens the store.
 *
 * @param storage the name of a database, created if missing; a datastore that its owner opens and closes; undefined:
 *   memory
 * @throws {StorageError} the browser allows no database, or the database is not hearsay's. Nothing was changed.
 */
export async function openStorage(storage: string | Datastore | undefined): Promise<OpenedStorage> {
  if (storage === undefined) return { datastore: new EphemeralDatastore(), close: async () => {} }
  if (typeof storage !== 'string') return { datastore: storage, close: async () => {} }
  const release = await lockIdentity(storage)
  try {
    const database = await openDatabase(storage, release ? '' : `/${crypto.randomUUID()}`)
    const close = async () => {
      await database.close()
      release?.()
    }
    if (!release) return { datastore: await withOwnIdentity(database), close }
    return { datastore: database, close, release }
  } catch (error) {
    release?.()
    throw new StorageError(`storage: '${storage}' cannot be opened: ${String(error)}`, { cause: error })
  }
}

/** Opens the database, and closes it again if it is not hearsay's. @param writer name of this page among those that write */
export async function openDatabase(name: string, writer: string): Promise<DurableIdbDatastore> {
  // Loaded only if a database is named.
  const { DurableIdbDatastore } = await import('./durable-idb-datastore.ts')
  const datastore = new DurableIdbDatastore(name, writer)
  try {
    // Another program's database opens as well, but lacks hearsay's object store, so that reading throws.
    await datastore.open()
    await datastore.has(identityKey)
  } catch (error) {
    await datastore.close()
    throw error
  }
  return datastore
}

/** The database for rooms and configs, and the page's memory for the rest. */
async function withOwnIdentity(database: RecoverableDatastore): Promise<RecoverableDatastore> {
  const { SecondPageDatastore } = await import('./second-page-datastore.ts')
  return new SecondPageDatastore(database)
}

/** A reloaded page may start before the browser has unloaded the page that it replaces. */
const closeWaitMs = 2_000
/** Any page may start before the browser has unloaded the page that the user left for it. */
const unloadWaitMs = 250

/** @returns the function that releases the identity; undefined if another page uses it */
export function lockIdentity(name: string): Promise<(() => void) | undefined> {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const signal = AbortSignal.timeout(navigation?.type === 'reload' ? closeWaitMs : unloadWaitMs)
  return new Promise((resolve, reject) => {
    const locked = navigator.locks.request(
      `hearsay:${name}`,
      { signal },
      () => new Promise<void>(release => resolve(release)),
    )
    locked.catch(cause => {
      if (signal.aborted) resolve(undefined)
      else reject(new StorageError(`storage: '${name}' cannot be opened: ${String(cause)}`, { cause }))
    })
  })
}
