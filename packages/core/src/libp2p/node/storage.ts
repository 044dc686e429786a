/**
 * Storage in Node: where a member keeps what outlives its process, LevelDB in a folder.
 *
 * A store that cannot be read is left as it is: losing an identity by accident is worse than not starting.
 */
import { stat } from 'node:fs/promises'
import { MemoryDatastore } from 'datastore-core'
import type { Datastore } from 'interface-datastore'
import { StorageError } from '../../cluster/errors.ts'
import type { Storage } from '../preset.ts'

/**
 * @param storage a folder, created if missing; a datastore that its owner opens and closes; or nothing: memory.
 * @throws {StorageError} in use by another process, damaged, or no store of ours. Nothing was changed.
 */
export async function openStorage(storage: string | Datastore | undefined): Promise<Storage> {
  if (storage === undefined) return { datastore: new MemoryDatastore(), close: async () => {} }
  if (typeof storage !== 'string') return { datastore: storage, close: async () => {} }
  if (await isFile(storage)) throw new StorageError(`storage: '${storage}' is a file. Give a folder`)
  // Loaded only where a folder is given: a member without one starts sooner.
  const { LevelDatastore } = await import('datastore-level')
  const datastore = new LevelDatastore(storage)
  try {
    // Not `datastore.open()`: it keeps only the text of what LevelDB says.
    await datastore.db.open()
  } catch (error) {
    throw new StorageError(`storage: '${storage}' cannot be opened: ${reasonOf(error)}`, { cause: error })
  }
  return { datastore, close: () => datastore.close() }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && !found.isDirectory()
}

/** LevelDB says what is wrong in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const message = cause instanceof Error ? cause.message : String(cause)
  return /lock/i.test(message) ? 'another process uses it' : message
}
