/**
 * Sealed writes: the part of a member's store that belongs to one private room. This part seals the values, and hides the names
 * of documents and all other content of the keys.
 *
 * The last part of a stored key is a hash of the key's path within the room, and the stored value contains this path. A value
 * opens only under its own key.
 */
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { StoreState } from '../api/cluster.ts'
import { nonceBytes, type PrivateRoom } from '../wire/private-room.ts'
import { damagedError, type KeyValueChange } from './key-values.ts'
import type { SpaceWrites, WriteSource } from './write-queue.ts'

/** The bytes in front of the path: its length. */
const lengthBytes = 2

export class SealedWrites implements SpaceWrites {
  readonly #queue: SpaceWrites
  readonly #room: PrivateRoom
  readonly #path: string

  /** @param path the path of the room; nothing else is stored under it */
  constructor(queue: SpaceWrites, room: PrivateRoom, path: string) {
    this.#queue = queue
    this.#room = room
    this.#path = path
  }

  get state(): StoreState {
    return this.#queue.state
  }

  push(changes: readonly KeyValueChange[], options?: { readonly sync?: boolean }): void {
    this.#queue.push(
      changes.map(each => this.#sealed(each)),
      options,
    )
  }

  /** @throws {StorageError} the store cannot be read, or is damaged */
  async read(prefix: string): Promise<readonly (readonly [key: string, value: Uint8Array])[]> {
    const stored = await this.#queue.read(this.#path)
    return stored
      .map(([key, sealed]) => this.#opened(key, sealed))
      .filter(([key]) => key.startsWith(`${prefix}/`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
  }

  stored(): Promise<void> {
    return this.#queue.stored()
  }

  addSource(source: WriteSource): () => void {
    return this.#queue.addSource(() => source().map(each => this.#sealed(each)))
  }

  #sealed({ key, value }: KeyValueChange): KeyValueChange {
    const within = key.slice(this.#path.length + 1)
    const storedKey = `${this.#path}/${this.#room.storedName(within)}`
    if (!value) return { key: storedKey, value }
    const name = fromString(within)
    const length = Uint8Array.of(name.length >> 8, name.length & 0xff)
    const content = concat([length, name, value])
    // The store works at times of its own, so it does not draw from the random numbers that make a simulation repeatable.
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes))
    return { key: storedKey, value: this.#room.seal('store', content, fromString(storedKey), nonce) }
  }

  #opened(storedKey: string, sealed: Uint8Array): readonly [key: string, value: Uint8Array] {
    const content = this.#room.open('store', sealed, fromString(storedKey))
    if (!content) throw damagedError(`no part of a private room under ${storedKey}`)
    const end = lengthBytes + ((content[0] ?? 0) << 8) + (content[1] ?? 0)
    return [`${this.#path}/${toText(content.subarray(lengthBytes, end))}`, content.slice(end)]
  }
}
