/**
 * Storage: where a member keeps what outlives its process, and the key that is its identity.
 *
 * A store that cannot be read is left as it is: losing an identity by accident is worse than not starting.
 */
import { stat } from 'node:fs/promises'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { MemoryDatastore } from 'datastore-core'
import { type Datastore, Key } from 'interface-datastore'
import { StorageError } from '../cluster/errors.ts'

export interface Storage {
  readonly datastore: Datastore
  close(): Promise<void>
}

const identityKey = new Key('/hearsay/identity')

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

/** The identity in the store; a new one, kept there, if there is none. @throws {StorageError} it is damaged. */
export async function loadIdentity(datastore: Datastore): Promise<Ed25519PrivateKey> {
  if (!(await datastore.has(identityKey))) {
    const fresh = await generateKeyPair('Ed25519')
    await datastore.put(identityKey, privateKeyToProtobuf(fresh))
    return fresh
  }
  const key = parseKey(await datastore.get(identityKey))
  if (key?.type !== 'Ed25519')
    throw new StorageError('the store holds no Ed25519 key as identity: it is damaged or foreign')
  return key
}

function parseKey(bytes: Uint8Array): ReturnType<typeof privateKeyFromProtobuf> | undefined {
  try {
    return privateKeyFromProtobuf(bytes)
  } catch {
    return undefined
  }
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
