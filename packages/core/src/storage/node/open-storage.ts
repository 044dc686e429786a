/**
 * Storage in Node: where a member keeps what outlives its process, LevelDB in a folder.
 *
 * A store that cannot be read is left as it is: losing an identity by accident is worse than not starting.
 */
import { readdir, stat } from 'node:fs/promises'
import type { Datastore } from 'interface-datastore'
import { StorageError } from '../../api/errors.ts'
import { identityKey } from '../member-storage.ts'
import type { OpenedStorage } from '../recoverable-datastore.ts'
import { EphemeralDatastore } from '../recoverable-datastore.ts'

/** What LevelDB calls its files. */
const levelFile = /^(CURRENT|LOCK|LOG(\.old)?|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp))$/

/**
 * @param storage a folder, created if missing; a datastore that its owner opens and closes; or nothing: memory.
 * @throws {StorageError} in use by another process, damaged, read-only, full, or no store of ours. Nothing was changed.
 */
export async function openStorage(storage: string | Datastore | undefined): Promise<OpenedStorage> {
  if (storage === undefined) return { datastore: new EphemeralDatastore(), close: async () => {} }
  if (typeof storage !== 'string') return { datastore: storage, close: async () => {} }
  if (await isFile(storage)) throw new StorageError(`storage: '${storage}' is a file. Give a folder`)
  if (await isOfOthers(storage))
    throw new StorageError(`storage: '${storage}' contains other files. Use a folder of its own`)
  // Loaded only where a folder is given: a member without one starts sooner.
  const { DurableLevelDatastore, reasonOf } = await import('./durable-level-datastore.ts')
  const datastore = new DurableLevelDatastore(storage)
  try {
    await datastore.open()
  } catch (error) {
    throw new StorageError(`storage: '${storage}' cannot be opened: ${reasonOf(error)}`, { cause: error })
  }
  // The identity is the first thing that is written.
  if (!(await datastore.has(identityKey)) && !(await isEmpty(datastore))) {
    await datastore.close()
    throw new StorageError(`storage: '${storage}' is another program's store. Give a folder of its own`)
  }
  return { datastore, close: () => datastore.close() }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && !found.isDirectory()
}

/** A folder with files, and none of them LevelDB's own: not even of one that was killed when it made its store. */
async function isOfOthers(path: string): Promise<boolean> {
  const files = await readdir(path).catch(() => [])
  return files.length > 0 && !files.some(file => levelFile.test(file))
}

async function isEmpty(datastore: Datastore): Promise<boolean> {
  for await (const _ of datastore.queryKeys({})) return false
  return true
}
