/**
 * Write queue: changes on their way into the store, those of all spaces of one member.
 *
 * While one batch is written the next is gathered, so a burst costs a few writes; of a key only the last value counts.
 * A batch that cannot be written is tried again with the next one: what was said to be stored is. Should it be written
 * after a newer one then, that does no harm: what is kept merges.
 */
import { StorageError } from '../cluster/errors.ts'
import type { KeyValueChange, KeyValues } from '../cluster/ports.ts'

type Batch = ReadonlyMap<string, KeyValueChange>

export class WriteQueue {
  readonly #keyValues: Pick<KeyValues, 'write'>
  readonly #writing = new Set<Promise<void>>()
  #waiting = new Map<string, KeyValueChange>()

  constructor(keyValues: Pick<KeyValues, 'write'>) {
    this.#keyValues = keyValues
  }

  push(changes: readonly KeyValueChange[]): void {
    for (const change of changes) {
      this.#waiting.delete(change.key)
      this.#waiting.set(change.key, change)
    }
    if (this.#writing.size === 0) this.flush()
  }

  /** Writes what waits, beside what is being written: there may be no later. */
  flush(): void {
    if (this.#waiting.size === 0) return
    const batch = this.#waiting
    this.#waiting = new Map()
    const written: Promise<void> = this.#write(batch).finally(() => this.#writing.delete(written))
    this.#writing.add(written)
    // Whoever waits for it hears of a failure; nobody else can mend it.
    written.then(
      () => this.#writing.size === 0 && this.flush(),
      () => {},
    )
  }

  /**
   * Resolves when all that was pushed so far is stored.
   *
   * @throws {StorageError} it could not be written; it will be tried again with the next change.
   */
  async stored(): Promise<void> {
    if (this.#writing.size === 0) this.flush()
    await Promise.all(this.#writing)
    // What waited is being written now.
    await Promise.all(this.#writing)
  }

  async #write(batch: Batch): Promise<void> {
    try {
      await this.#keyValues.write([...batch.values()])
    } catch (error) {
      this.#waiting = new Map([...batch, ...this.#waiting])
      throw new StorageError(`the store cannot be written: ${String(error)}`, { cause: error })
    }
  }
}
