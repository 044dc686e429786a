/**
 * Committing datastore: an IndexedDB database whose batches are kept though the page ends in that moment.
 *
 * Those of datastore-idb 5.0 leave it to the browser when to commit, and a page that goes away takes them with it.
 */
import { IDBDatastore } from 'datastore-idb'
import { type IDBPDatabase, openDB } from 'idb'
import type { Batch, Key } from 'interface-datastore'

/** Without a value the key is deleted. */
type Change = readonly [key: string, value?: Uint8Array]

export class CommittingDatastore extends IDBDatastore {
  readonly #name: string
  #database: IDBPDatabase | undefined
  #isTerminated = false

  constructor(name: string) {
    super(name)
    this.#name = name
  }

  override async open(): Promise<void> {
    await super.open()
    this.#database = await openDB(this.#name, undefined, {
      terminated: () => {
        this.#isTerminated = true
      },
    })
  }

  override async close(): Promise<void> {
    this.#database?.close()
    await super.close()
  }

  override batch(): Batch {
    const changes: Change[] = []
    return {
      put: (key: Key, value: Uint8Array) => changes.push([key.toString(), value]),
      delete: (key: Key) => changes.push([key.toString()]),
      commit: () => this.#write(changes),
    }
  }

  async #write(changes: readonly Change[]): Promise<void> {
    if (!this.#database) throw new Error('the database is not open')
    // What was in it is gone, and what is written from here on would make no whole without it.
    if (this.#isTerminated)
      throw new Error('the browser closed the database, as when its data are cleared: load the page anew')
    const writing = this.#database.transaction(this.#name, 'readwrite')
    const { store } = writing
    const all = changes.map(([key, value]) => (value ? store.put(value, key) : store.delete(key)))
    writing.commit()
    await Promise.all([...all, writing.done])
  }
}
