/**
 * Write queue: changes on their way into the store, in the order in which they were made.
 *
 * While one batch is written the next is gathered, so a burst costs a few writes; of a key only the last value counts.
 * A batch that cannot be written is tried again with the next one: what was said to be stored is.
 */
import { StorageError } from '../cluster/errors.ts'
import type { KeyValueChange, KeyValues } from '../cluster/ports.ts'

export class WriteQueue {
  readonly #keyValues: KeyValues
  #waiting = new Map<string, KeyValueChange>()
  #writing: Promise<void> | undefined

  constructor(keyValues: KeyValues) {
    this.#keyValues = keyValues
  }

  push(changes: readonly KeyValueChange[]): void {
    for (const change of changes) {
      this.#waiting.delete(change.key)
      this.#waiting.set(change.key, change)
    }
    // Whoever waits for it hears of a failure; nobody else can mend it.
    this.stored().catch(() => {})
  }

  /**
   * Resolves when all that was pushed so far is stored.
   *
   * @throws {StorageError} it could not be written; it will be tried again with the next change.
   */
  async stored(): Promise<void> {
    while (this.#writing || this.#waiting.size > 0) {
      this.#writing ??= this.#write()
      await this.#writing
    }
  }

  async #write(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = new Map()
    try {
      await this.#keyValues.write([...batch.values()])
    } catch (error) {
      this.#waiting = new Map([...batch, ...this.#waiting])
      throw new StorageError(`the store cannot be written: ${String(error)}`, { cause: error })
    } finally {
      this.#writing = undefined
    }
  }
}
