/**
 * Kept facts: the facts of a space in the store, each under its id.
 *
 * A store that holds something else there is damaged or foreign, and is left as it is.
 */
import { StorageError } from '../api/errors.ts'
import type { FactChange, StoredFact } from '../spaces/fact-set.ts'
import { decodeSpaceRumors, encodeSpaceRumors } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import type { WriteQueue } from './write-queue.ts'

export class FactStorage {
  readonly #prefix: string
  readonly #queue: WriteQueue

  /** @param prefix a path of its own for this space */
  constructor(queue: WriteQueue, prefix: string) {
    this.#prefix = `${prefix}/facts`
    this.#queue = queue
  }

  /** @throws {StorageError} it is damaged, or not of this space; nothing was changed */
  async load(): Promise<SpaceFact[]> {
    const stored = await this.#queue.read(this.#prefix)
    return stored.map(([key, bytes]) => {
      const decoded = decodeSpaceRumors(bytes)
      const [fact] = decoded.ok ? decoded.value : []
      if (!fact)
        throw new StorageError(`the store contains no fact under ${key}: it is damaged or not hearsay's`)
      return fact
    })
  }

  write(changes: readonly FactChange[]): void {
    this.#queue.push(
      changes.map(({ type, stored: { id, fact } }) => ({
        key: `${this.#prefix}/${id}`,
        value: type === 'added' ? encodeSpaceRumors([fact]) : undefined,
      })),
      { sync: true },
    )
  }

  /** These are written again if the store loses them. Returns its undo. */
  addSource(facts: () => readonly StoredFact[]): () => void {
    return this.#queue.addSource(() =>
      facts().map(({ id, fact }) => ({
        key: `${this.#prefix}/${id}`,
        value: encodeSpaceRumors([fact]),
      })),
    )
  }

  /** Resolves when all so far is stored. @throws {StorageError} it cannot be written */
  stored(): Promise<void> {
    return this.#queue.stored()
  }
}
