/// <reference lib="dom" />
/**
 * Committing datastore: an IndexedDB database that says so when it cannot keep what it was given.
 *
 * - Batches are committed at once, and are kept though the page ends in that moment; those of datastore-idb 5.0 leave it
 *   to the browser when to commit, and a page that goes away takes them with it.
 * - It closes as soon as another page deletes the database, and when the browser clears its data. Every write fails
 *   then, until the database was opened again and compared with what was acknowledged.
 * - Opening takes 5 s at most: a page that does not let go of the database must not keep this one waiting.
 */
import { type IDBPDatabase, openDB } from 'idb'
import { Key, type KeyQuery, type Pair, type Query } from 'interface-datastore'
import type { KeyValueChange } from '../key-values.ts'
import { type RecoverableDatastore, StoreLedger, WritingDatastore } from '../recoverable-datastore.ts'

/** Our choice. */
const maxOpenMs = 5_000

export class DurableIdbDatastore extends WritingDatastore implements RecoverableDatastore {
  readonly #name: string
  readonly #ledger: StoreLedger
  #database: IDBPDatabase | undefined
  #fault: Error | undefined

  /** @param writer of several pages that write to one database, each has a name of its own */
  constructor(name: string, writer = '') {
    super()
    this.#name = name
    this.#ledger = new StoreLedger(writer)
  }

  async open(): Promise<void> {
    await this.#connect()
    await this.#ledger.opened(this)
  }

  async close(): Promise<void> {
    this.#database?.close()
    this.#database = undefined
  }

  async write(
    changes: readonly KeyValueChange[],
    { sync = false }: { readonly sync?: boolean } = {},
  ): Promise<void> {
    if (this.#fault) throw this.#fault
    try {
      await this.#put(changes, sync)
    } catch (error) {
      this.#fault ??= new Error(reasonOf(error), { cause: error })
      throw this.#fault
    }
    // While it was being written the database may have been deleted.
    if (this.#fault) throw this.#fault
  }

  async recover(): Promise<'intact' | 'lost'> {
    await this.close()
    await this.#connect()
    const isComplete = await this.#ledger.isComplete(this)
    if (!isComplete) await this.#put(this.#ledger.restoring(), true)
    this.#fault = undefined
    return isComplete ? 'intact' : 'lost'
  }

  override async get(key: Key): Promise<Uint8Array> {
    const value: unknown = await this.#opened().get(this.#name, key.toString())
    if (!(value instanceof Uint8Array)) throw new Error(`there is nothing under ${key}`)
    return value
  }

  override async has(key: Key): Promise<boolean> {
    return (await this.#opened().getKey(this.#name, key.toString())) !== undefined
  }

  override async *query(query: Query): AsyncGenerator<Pair> {
    for (const key of await this.#keys(query.prefix)) yield { key, value: await this.get(key) }
  }

  override async *queryKeys(query: KeyQuery): AsyncGenerator<Key> {
    yield* await this.#keys(query.prefix)
  }

  async #keys(prefix = ''): Promise<Key[]> {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`)
    const keys = await this.#opened().getAllKeys(this.#name, range)
    return keys.map(key => new Key(String(key)))
  }

  async #put(changes: readonly KeyValueChange[], sync: boolean): Promise<void> {
    const all = sync ? [...changes, this.#ledger.countChange()] : changes
    const writing = this.#opened().transaction(this.#name, 'readwrite', {
      durability: sync ? 'strict' : 'relaxed',
    })
    const { store } = writing
    const done = all.map(({ key, value }) => (value ? store.put(value, key) : store.delete(key)))
    writing.commit()
    await Promise.all([...done, writing.done])
    this.#ledger.written(changes, sync)
  }

  #opened(): IDBPDatabase {
    if (!this.#database) throw this.#fault ?? new Error('the database is not open')
    return this.#database
  }

  async #connect(): Promise<void> {
    const name = this.#name
    const opening = openDB(name, 1, {
      upgrade: database => void database.createObjectStore(name),
      blocking: () => this.#lose('another page deleted the database'),
      terminated: () => this.#lose('the browser closed the database, as when its data are cleared'),
    })
    this.#database = await inTime(opening)
  }

  /** Closes at once: whoever deletes the database waits for it. */
  #lose(reason: string): void {
    this.#fault = new Error(reason)
    this.#database?.close()
    this.#database = undefined
  }
}

/** What is opened too late is closed again. */
async function inTime(opening: Promise<IDBPDatabase>): Promise<IDBPDatabase> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), maxOpenMs)
  })
  try {
    const database = await Promise.race([opening, late])
    if (database) return database
  } finally {
    clearTimeout(timer)
  }
  opening.then(
    database => database.close(),
    () => {},
  )
  throw new Error('another page does not let go of the database: close the other pages of this site')
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'QuotaExceededError'
    ? `the browser allows no more: free some of this site's storage (${error.message})`
    : error.message
}
