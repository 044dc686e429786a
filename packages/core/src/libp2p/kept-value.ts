/** Kept value: one value of this member in its datastore. Writes are in order, the newest wins. */
import { type Datastore, Key } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { StorageError } from '../cluster/errors.ts'

export interface KeptValueOptions<T> {
  readonly datastore: Datastore
  /** What it is, as its key says it. */
  readonly name: string
  /** The cluster tag: a store may serve several clusters. */
  readonly cluster: Uint8Array
  /** Undefined: that is no such value. */
  readonly parse: (text: string) => T | undefined
  readonly print: (value: T) => string
}

export class KeptValue<T> {
  readonly #options: KeptValueOptions<T>
  readonly #key: Key
  #last: Promise<void> = Promise.resolve()

  constructor(options: KeptValueOptions<T>) {
    this.#options = options
    this.#key = new Key(`/hearsay/${options.name}/${toText(options.cluster, 'base32')}`)
  }

  /** @throws {StorageError} if something else stands there. */
  async read(): Promise<T | undefined> {
    const { datastore, name, parse } = this.#options
    if (!(await datastore.has(this.#key))) return undefined
    const text = toText(await datastore.get(this.#key))
    const value = parse(text)
    if (value === undefined)
      throw new StorageError(
        `the store holds '${text.slice(0, 40)}' where the ${name} should be: it is damaged`,
      )
    return value
  }

  write(value: T, failed: (error: unknown) => void): void {
    const { datastore, print } = this.#options
    const put = async () => void (await datastore.put(this.#key, fromString(print(value))))
    this.#last = this.#last.then(put).catch(failed)
  }

  /** Resolves when all writes are done. */
  settled(): Promise<void> {
    return this.#last
  }
}
