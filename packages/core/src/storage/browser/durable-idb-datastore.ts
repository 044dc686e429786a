/// <reference lib="dom" />
/**
 * Durable IndexedDB datastore: a database whose writes fail visibly when the browser cannot store them.
 *
 * - Batches are committed immediately, so they survive a page that closes at that moment. datastore-idb 5.0 lets the browser
 *   choose when to commit, and a closing page loses its batches.
 * - The datastore closes when another page deletes the database or the browser clears the site's data. All writes then fail
 *   until the database has been opened again and compared with the acknowledged writes.
 * - Opening takes at most 5 s: another page that does not close the database must not block this one.
 */
import { type IDBPDatabase, openDB } from 'idb'
import { Key, type KeyQuery, type Pair, type Query } from 'interface-datastore'
import type { KeyValueChange } from '../key-values.ts'
import { type RecoverableDatastore, StoreLedger, WritingDatastore } from '../recoverable-datastore.ts'

/** Our choice: far longer than a database takes to open. */
const maxOpenMs = 5_000

export class DurableIdbDatastore extends WritingDatastore implements RecoverableDatastore {
  readonly #name: string
  readonly #ledger: StoreLedger
  #database: IDBPDatabase | undefined
  #fault: Error | undefined

  /** @param writer name of this page, unique among the pages that write to one database */
  constructor(name: string, writer = '') {
    super()
    this.#name = name
    this.#ledger = new StoreLedger(writer)
  }

  async open(): Promise<void> {
    await this.#connect()
    await this.#ledger.opened(this)
  }

  /** Another page has written since the database was opened. This page is the only writer from now on. */
  async refresh(): Promise<void> {
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
    // The database may have been deleted during the write.
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
    const value = await this.#read(key.toString())
    if (!value) throw new Error(`no value is stored under ${key}`)
    return value
  }

  override async has(key: Key): Promise<boolean> {
    return (await this.#read(key.toString())) !== undefined
  }

  override async *query({ prefix }: Query): AsyncGenerator<Pair> {
    const { store } = this.#opened().transaction(this.#name)
    const keys = await store.getAllKeys(rangeOf(prefix))
    const values = await Promise.all(keys.map(key => store.get(key)))
    for (const [i, key] of keys.entries()) yield { key: new Key(String(key)), value: values[i] }
  }

  override async *queryKeys({ prefix }: KeyQuery): AsyncGenerator<Key> {
    const keys = await this.#opened().getAllKeys(this.#name, rangeOf(prefix))
    for (const key of keys) yield new Key(String(key))
  }

  /** Each read of the database takes 10 to 100 ms on a busy machine, so what the ledger copies is not read again. */
  async #read(key: string): Promise<Uint8Array | undefined> {
    const database = this.#opened()
    return this.#ledger.copies(key) ? this.#ledger.copyOf(key) : await database.get(this.#name, key)
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
      terminated: () =>
        this.#lose("the browser closed the database, for instance because the site's data was cleared"),
    })
    this.#database = await inTime(opening)
  }

  /** Closes immediately: the page that deletes the database waits for that. */
  #lose(reason: string): void {
    this.#fault = new Error(reason)
    this.#database?.close()
    this.#database = undefined
  }
}

function rangeOf(prefix = ''): IDBKeyRange {
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`)
}

/** Waits at most 5 s. A database that opens later is closed again. */
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
  throw new Error('another page keeps the database open: close the other pages of this site')
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'QuotaExceededError'
    ? `the browser's storage quota is used up: free some of this site's storage (${error.message})`
    : error.message
}
