/**
 * Storage in Node: opens the store of a member, LevelDB in a folder, and measures its files.
 *
 * A store that cannot be read is left unchanged: losing an identity by accident is worse than not starting.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Datastore } from 'interface-datastore'
import { StorageError } from '../../api/errors.ts'
import { identityKey } from '../member-storage.ts'
import type { OpenedStorage } from '../recoverable-datastore.ts'
import { EphemeralDatastore } from '../recoverable-datastore.ts'
import type { DurableLevelDatastore } from './durable-level-datastore.ts'

/** Names of LevelDB's files. */
const levelFile = /^(CURRENT|LOCK|LOG(\.old)?|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp))$/

/**
 * Opens the store.
 *
 * @param storage a folder, created for this user alone if missing; a datastore that its owner opens and closes; undefined:
 *   memory
 * @throws {StorageError} the store is in use by another process, damaged, read-only, full or not hearsay's. Nothing was
 *   changed.
 */
export async function openStorage(storage: string | Datastore | undefined): Promise<OpenedStorage> {
  if (storage === undefined) return { datastore: new EphemeralDatastore(), close: async () => {} }
  if (typeof storage !== 'string') return { datastore: storage, close: async () => {} }
  if (await isFile(storage)) throw new StorageError(`storage: '${storage}' is a file. Give a folder`)
  if (await isForeign(storage))
    throw new StorageError(`storage: '${storage}' contains other files. Give a folder for hearsay alone`)
  // LevelDB is loaded only if a folder is given, so that a member without a folder starts faster.
  const { DurableLevelDatastore: Store, reasonOf } = await import('./durable-level-datastore.ts')
  let datastore: DurableLevelDatastore
  try {
    datastore = await Store.create(storage)
    await datastore.open()
  } catch (error) {
    throw new StorageError(`storage: '${storage}' cannot be opened: ${reasonOf(error)}`, { cause: error })
  }
  // hearsay writes the identity first: a store with other keys and no identity is not hearsay's.
  if (!(await datastore.has(identityKey)) && !(await isEmpty(datastore))) {
    await datastore.close()
    throw new StorageError(
      `storage: '${storage}' is another program's store. Give a folder for hearsay alone`,
    )
  }
  return { datastore, close: () => datastore.close() }
}

/** @returns a function that sums the sizes of the files of a store. A file that disappears meanwhile counts 0. */
export function storageBytes(folder: string): () => Promise<number> {
  return async () => {
    const names = await readdir(folder).catch(() => [])
    const sizes = names.map(name =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    )
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && !found.isDirectory()
}

/**
 * Whether the folder has files and none of them is LevelDB's. A process that was killed while it created its store leaves at
 * least one of LevelDB's files.
 */
async function isForeign(path: string): Promise<boolean> {
  const files = await readdir(path).catch(() => [])
  return files.length > 0 && !files.some(file => levelFile.test(file))
}

async function isEmpty(datastore: Datastore): Promise<boolean> {
  for await (const _ of datastore.queryKeys({})) return false
  return true
}
