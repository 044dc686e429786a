/**
 * Second page datastore: the store of a page while another page uses the identity in the database of both pages.
 *
 * Rooms and configs are in the database that the pages share; identity and incarnation are in the memory of this page.
 */
import { MemoryDatastore } from 'datastore-core'
import { type Datastore, Key, type KeyQuery, type Pair, type Query } from 'interface-datastore'
import { type KeyValueChange, spacesPath } from '../key-values.ts'
import { type RecoverableDatastore, WritingDatastore } from '../recoverable-datastore.ts'

const isShared = (path: string): boolean => path.startsWith(spacesPath)

export class SecondPageDatastore extends WritingDatastore implements RecoverableDatastore {
  readonly #database: RecoverableDatastore
  readonly #memory = new MemoryDatastore()

  constructor(database: RecoverableDatastore) {
    super()
    this.#database = database
  }

  async write(changes: readonly KeyValueChange[], options?: { readonly sync?: boolean }): Promise<void> {
    for (const { key, value } of changes.filter(each => !isShared(each.key))) {
      const path = new Key(key)
      if (value) this.#memory.put(path, value)
      else this.#memory.delete(path)
    }
    await this.#database.write(
      changes.filter(({ key }) => isShared(key)),
      options,
    )
  }

  recover(): Promise<'intact' | 'lost'> {
    return this.#database.recover()
  }

  close(): Promise<void> {
    return this.#database.close()
  }

  override async get(key: Key): Promise<Uint8Array> {
    return this.#of(key.toString()).get(key)
  }

  override async has(key: Key): Promise<boolean> {
    return this.#of(key.toString()).has(key)
  }

  override query(query: Query): AsyncGenerator<Pair> {
    return toAsync(this.#of(query.prefix ?? '').query(query))
  }

  override queryKeys(query: KeyQuery): AsyncGenerator<Key> {
    return toAsync(this.#of(query.prefix ?? '').queryKeys(query))
  }

  #of(path: string): Datastore {
    return isShared(path) ? this.#database : this.#memory
  }
}

async function* toAsync<T>(all: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  yield* all
}
