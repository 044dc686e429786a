/** Stored value: one value of this member in its datastore. */
import { type Datastore, Key } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { damagedError, type KeyValueChange } from './key-values.ts'

export interface StoredValueOptions<T> {
  readonly datastore: Datastore
  /** Name of the value, which is part of its key. */
  readonly name: string
  /** The cluster tag: one store may serve several clusters. */
  readonly cluster: Uint8Array
  /** Undefined: the bytes are not a valid value. */
  readonly parse: (text: string) => T | undefined
  readonly print: (value: T) => string
}

export class StoredValue<T> {
  readonly #options: StoredValueOptions<T>
  readonly #key: string

  constructor(options: StoredValueOptions<T>) {
    this.#options = options
    this.#key = `/hearsay/${options.name}/${toText(options.cluster, 'base32')}`
  }

  /** Reads the value. @throws {StorageError} the stored bytes are not a valid value */
  async read(): Promise<T | undefined> {
    const { datastore, name, parse } = this.#options
    const key = new Key(this.#key)
    if (!(await datastore.has(key))) return undefined
    const text = toText(await datastore.get(key))
    const value = parse(text)
    if (value === undefined) throw damagedError(`'${text.slice(0, 40)}' in place of the ${name}`)
    return value
  }

  /** The change that writes this value. */
  change(value: T): KeyValueChange {
    return { key: this.#key, value: fromString(this.#options.print(value)) }
  }
}
