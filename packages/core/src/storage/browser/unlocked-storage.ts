/**
 * Unlocked storage: the store of a member in a page that does not use the identity yet, because another page does.
 *
 * Until the identity is locked, this page reads and never writes.
 */
import type { Datastore } from 'interface-datastore'
import { equals } from 'uint8arrays/equals'
import { StorageError } from '../../api/errors.ts'
import { identityKey } from '../member-storage.ts'
import type { OpenedStorage } from '../recoverable-datastore.ts'
import type { DurableIdbDatastore } from './durable-idb-datastore.ts'
import { lockIdentity, openDatabase } from './open-storage.ts'

export interface UnlockedStorage {
  readonly datastore: Datastore
  /**
   * Locks the identity. Then the store can be used.
   *
   * @returns undefined: another page uses the identity, the identity has changed, or the store fails. The store is closed.
   */
  lock(): Promise<OpenedStorage | undefined>
  close(): Promise<void>
}

/**
 * Opens the store without the lock of the identity.
 *
 * @returns undefined: the store contains no identity yet
 * @throws {StorageError} the browser allows no database, or the database is not hearsay's
 */
export async function openUnlocked(name: string): Promise<UnlockedStorage | undefined> {
  try {
    const datastore = await openDatabase(name, '')
    const close = () => datastore.close()
    if (await datastore.has(identityKey)) {
      const identity = await datastore.get(identityKey)
      return { datastore, lock: () => lock(name, datastore, identity), close }
    }
    await close()
    return undefined
  } catch (error) {
    throw new StorageError(`storage: '${name}' cannot be opened: ${String(error)}`, { cause: error })
  }
}

async function lock(
  name: string,
  datastore: DurableIdbDatastore,
  identity: Uint8Array,
): Promise<OpenedStorage | undefined> {
  const release = await lockIdentity(name)
  const close = async () => {
    await datastore.close()
    release?.()
  }
  try {
    if (release) {
      // Another page has written meanwhile, or has deleted the database.
      await datastore.refresh()
      if (equals(await datastore.get(identityKey), identity)) return { datastore, close, release }
    }
  } catch {
    // The caller opens the store again, which throws the reason.
  }
  await close()
  return undefined
}
