/**
 * Fact storage: the stored facts of a space, each under its id.
 *
 * If the store contains anything else under this path, it is damaged or not hearsay's, and is left unchanged.
 */
import type { FactChange, StoredFact } from '../spaces/fact-set.ts'
import { decodeSpaceRumors, encodeSpaceRumors } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import { damagedError } from './key-values.ts'
import type { SpaceWrites } from './write-queue.ts'

export class FactStorage {
  readonly #prefix: string
  readonly #queue: SpaceWrites

  /** @param prefix the path of this space; nothing else is stored under it */
  constructor(queue: SpaceWrites, prefix: string) {
    this.#prefix = `${prefix}/facts`
    this.#queue = queue
  }

  /** Reads all facts. @throws {StorageError} a fact is damaged or not of this space; nothing was changed */
  async load(): Promise<SpaceFact[]> {
    const stored = await this.#queue.read(this.#prefix)
    return stored.map(([key, bytes]) => {
      const decoded = decodeSpaceRumors(bytes)
      const [fact] = decoded.ok ? decoded.value : []
      if (!fact) throw damagedError(`no fact under ${key}`)
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

  /**
   * If the store loses data, the facts of this source are written again. Returns a function that removes the
   * source.
   */
  addSource(facts: () => readonly StoredFact[]): () => void {
    return this.#queue.addSource(() =>
      facts().map(({ id, fact }) => ({
        key: `${this.#prefix}/${id}`,
        value: encodeSpaceRumors([fact]),
      })),
    )
  }

  /** Resolves when all writes so far are stored. @throws {StorageError} they cannot be written */
  stored(): Promise<void> {
    return this.#queue.stored()
  }
}
