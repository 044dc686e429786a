/** Recoverable datastore: a datastore that this member opened itself and can open again after a failure. */
import { BaseDatastore, MemoryDatastore } from 'datastore-core'
import { type Batch, type Datastore, Key } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { KeyValueChange, KeyValues } from './key-values.ts'

/** A datastore with the writes and the recovery of {@link KeyValues}. */
export interface RecoverableDatastore extends Datastore, Required<Pick<KeyValues, 'write' | 'recover'>> {
  close(): Promise<void>
  /** Rewrites the files, so that they no longer contain values that were replaced before the store was opened. */
  compact?(): Promise<void>
}

export function isRecoverable(datastore: Datastore): datastore is RecoverableDatastore {
  return 'recover' in datastore && typeof datastore.recover === 'function'
}

/** The store of a member without the option `storage`: it ends with the process. */
export class EphemeralDatastore extends MemoryDatastore {}

/** Key of the number of synced writes, which shows whether a store still has the last write. */
const writesKey = '/hearsay/writes'
/** Paths whose values are small enough to be copied in memory. */
const smallPrefixes = [writesKey, '/hearsay/identity', '/hearsay/incarnation', '/hearsay/acquaintances']

/** Puts and batches of a datastore over one write function. The writes survive a power loss. */
export abstract class WritingDatastore extends BaseDatastore {
  abstract write(changes: readonly KeyValueChange[], options?: { readonly sync?: boolean }): Promise<void>

  override async put(key: Key, value: Uint8Array): Promise<Key> {
    await this.write([{ key: key.toString(), value }], { sync: true })
    return key
  }

  override async delete(key: Key): Promise<void> {
    await this.write([{ key: key.toString(), value: undefined }], { sync: true })
  }

  override batch(): Batch {
    const changes: KeyValueChange[] = []
    return {
      put: (key, value) => void changes.push({ key: key.toString(), value }),
      delete: key => void changes.push({ key: key.toString(), value: undefined }),
      commit: () => this.write(changes, { sync: true }),
    }
  }
}

/**
 * Ledger of a store: detects lost writes and restores small values.
 *
 * Each synced write contains a counter, which shows whether a reopened store has all acknowledged writes. The
 * ledger also copies the few values outside of rooms and configs (identity, incarnation, addresses), to
 * restore them into a store that was deleted, and to read them without the store.
 */
export class StoreLedger {
  readonly #writesKey: string
  readonly #values = new Map<string, Uint8Array>()
  #writes = 0

  /** @param writer name of this writer, unique among the writers of one store */
  constructor(writer = '') {
    this.#writesKey = `${writesKey}${writer}`
  }

  /** The store was opened, and has no writer but this one from now on. */
  async opened(store: Pick<Datastore, 'query'>): Promise<void> {
    this.#values.clear()
    const read = async (prefix: string) => {
      for await (const { key, value } of store.query({ prefix })) this.#values.set(key.toString(), value)
    }
    await Promise.all(smallPrefixes.map(read))
    this.#writes = countOf(this.#values.get(this.#writesKey))
  }

  /** Whether the ledger has a copy of each stored value under this key. */
  copies(key: string): boolean {
    return isSmall(key) && !key.startsWith(writesKey)
  }

  /** @param key one that the ledger copies @returns undefined: nothing is stored under it */
  copyOf(key: string): Uint8Array | undefined {
    return this.#values.get(key)
  }

  /** The change of the counter, to be added to the next synced write. */
  countChange(): KeyValueChange {
    return { key: this.#writesKey, value: fromString(String(this.#writes + 1)) }
  }

  /** A write resolved. */
  written(changes: readonly KeyValueChange[], isSynced: boolean): void {
    for (const { key, value } of changes) {
      if (!isSmall(key)) continue
      if (value) this.#values.set(key, value)
      else this.#values.delete(key)
    }
    if (isSynced) this.#writes += 1
  }

  /** Whether the reopened store has all synced writes. */
  async isComplete(store: Pick<Datastore, 'has' | 'get'>): Promise<boolean> {
    if (this.#writes === 0) return true
    const key = new Key(this.#writesKey)
    return (await store.has(key)) && countOf(await store.get(key)) >= this.#writes
  }

  /** The values to restore into a store that lost everything. */
  restoring(): readonly KeyValueChange[] {
    return [...this.#values].filter(([key]) => this.copies(key)).map(([key, value]) => ({ key, value }))
  }
}

const isSmall = (key: string): boolean => smallPrefixes.some(prefix => key.startsWith(prefix))

function countOf(value: Uint8Array | undefined): number {
  const count = value ? Number(toText(value)) : 0
  return Number.isSafeInteger(count) ? count : 0
}

/** The opened store of a member. */
export interface OpenedStorage {
  readonly datastore: Datastore
  close(): Promise<void>
  /** Lets another page use the identity before this page has closed the store. Absent: there is no lock. */
  readonly release?: () => void
}
