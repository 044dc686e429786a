/// <reference lib="dom" />
/**
 * Storage in a browser: where a member keeps what outlives its page, an IndexedDB database.
 *
 * One page at a time has the identity in it: two with the same would be one member. Further pages are members of their
 * own until they end. What is kept of rooms and configs merges, so all pages keep it in one place. What is no store of
 * ours is left as it is.
 */
import type { Datastore } from 'interface-datastore'
import { StorageError } from '../../api/errors.ts'
import { identityKey } from '../member-storage.ts'
import type { OpenedStorage } from '../recoverable-datastore.ts'
import { EphemeralDatastore, type RecoverableDatastore } from '../recoverable-datastore.ts'

/**
 * @param storage the name of a database, created if missing; a datastore that its owner opens and closes; or nothing:
 *   memory.
 * @throws {StorageError} the browser allows none, or it is no store of ours. Nothing was changed.
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
    return { datastore: release ? database : await withOwnIdentity(database), close }
  } catch (error) {
    release?.()
    throw new StorageError(`storage: '${storage}' cannot be opened: ${String(error)}`, { cause: error })
  }
}

async function openDatabase(name: string, writer: string): Promise<RecoverableDatastore> {
  // Loaded only where a database is named.
  const { DurableIdbDatastore } = await import('./durable-idb-datastore.ts')
  const datastore = new DurableIdbDatastore(name, writer)
  try {
    // A database of somebody else opens, too, but has not what ours is made of.
    await datastore.open()
    await datastore.has(identityKey)
  } catch (error) {
    await datastore.close()
    throw error
  }
  return datastore
}

/** All but the rooms and configs in the page's memory. */
async function withOwnIdentity(database: RecoverableDatastore): Promise<RecoverableDatastore> {
  const { SecondPageDatastore } = await import('./second-page-datastore.ts')
  return new SecondPageDatastore(database)
}

/** A page that is loaded anew may come before the browser has done away with the one that it replaces … */
const closeWaitMs = 2_000
/** … and any page before it has done away with the one that was left for it. */
const unloadWaitMs = 250

/** @returns its undo, or undefined: another page has it. */
function lockIdentity(name: string): Promise<(() => void) | undefined> {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const signal = AbortSignal.timeout(navigation?.type === 'reload' ? closeWaitMs : unloadWaitMs)
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(
      `hearsay:${name}`,
      { signal },
      () => new Promise<void>(release => resolve(release)),
    )
    held.catch(cause => {
      if (signal.aborted) resolve(undefined)
      else reject(new StorageError(`storage: '${name}' cannot be opened: ${String(cause)}`, { cause }))
    })
  })
}
