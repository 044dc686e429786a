/// <reference lib="dom" />
/**
 * Storage in a browser: where a member keeps what outlives its page, an IndexedDB database.
 *
 * One page at a time has it, because it holds the identity: two pages would be one member. What is no store of ours is
 * left as it is.
 */
import { MemoryDatastore } from 'datastore-core'
import { type Datastore, Key } from 'interface-datastore'
import { StorageError } from '../../cluster/errors.ts'
import type { Storage } from '../preset.ts'

/**
 * @param storage the name of a database, created if missing; a datastore that its owner opens and closes; or nothing:
 *   memory.
 * @throws {StorageError} another page has it open, the browser allows none, or it is no store of ours. Nothing was
 *   changed.
 */
export async function openStorage(storage: string | Datastore | undefined): Promise<Storage> {
  if (storage === undefined) return { datastore: new MemoryDatastore(), close: async () => {} }
  if (typeof storage !== 'string') return { datastore: storage, close: async () => {} }
  const release = await lock(storage)
  try {
    const datastore = await openDatabase(storage)
    const close = async () => {
      await datastore.close()
      release()
    }
    return { datastore, close }
  } catch (error) {
    release()
    throw new StorageError(`storage: '${storage}' cannot be opened: ${String(error)}`, { cause: error })
  }
}

async function openDatabase(name: string): Promise<Datastore & { close(): Promise<void> }> {
  // Loaded only where a database is named.
  const { CommittingDatastore } = await import('./committing-datastore.ts')
  const datastore = new CommittingDatastore(name)
  await datastore.open()
  try {
    // A database of somebody else opens, too, but has not what ours is made of.
    await datastore.has(new Key('/hearsay/identity'))
  } catch (error) {
    await datastore.close()
    throw error
  }
  return datastore
}

/** A page that is loaded anew may come before the browser has done away with the one that it replaces. */
const replacedMs = 2_000

/** Held until it is released, or the page is gone. */
function lock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(replacedMs)
    const held = navigator.locks.request(
      `hearsay:${name}`,
      { signal },
      () => new Promise<void>(release => resolve(release)),
    )
    held.catch(cause => {
      const why = signal.aborted ? 'another page uses it' : String(cause)
      reject(new StorageError(`storage: '${name}' cannot be opened: ${why}`, { cause }))
    })
  })
}
