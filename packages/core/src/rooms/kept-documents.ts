/**
 * Kept documents: the documents of one room in the store, by name.
 *
 * All are read when the room is entered, so that a document has what is stored as soon as it is asked for, and a store
 * that is damaged is known before anything is written to it.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { KeyValues } from '../cluster/ports.ts'
import type { WriteQueue } from '../spaces/write-queue.ts'
import { KeptUpdates, type StoredUpdate } from './kept-updates.ts'

export class KeptDocuments {
  readonly #queue: WriteQueue
  readonly #prefix: string
  readonly #documents = new Map<string, KeptUpdates>()

  private constructor(queue: WriteQueue, prefix: string) {
    this.#queue = queue
    this.#prefix = prefix
  }

  /** @param space a path of its own for the room. @throws {StorageError} it is damaged, or foreign; nothing was changed */
  static async open(keyValues: KeyValues, queue: WriteQueue, space: string): Promise<KeptDocuments> {
    const kept = new KeptDocuments(queue, `${space}/documents`)
    const stored = new Map<string, StoredUpdate[]>()
    for (const entry of await keyValues.read(kept.#prefix)) {
      const [folder = ''] = entry[0].slice(kept.#prefix.length + 1).split('/')
      stored.set(folder, [...(stored.get(folder) ?? []), entry])
    }
    for (const [folder, updates] of stored)
      kept.#documents.set(
        folder,
        new KeptUpdates({ queue, prefix: `${kept.#prefix}/${folder}`, stored: updates }),
      )
    return kept
  }

  of(name: string): KeptUpdates {
    const folder = folderOf(name)
    const known = this.#documents.get(folder)
    if (known) return known
    const prefix = `${this.#prefix}/${folder}`
    const fresh = new KeptUpdates({ queue: this.#queue, prefix, stored: [] })
    this.#documents.set(folder, fresh)
    return fresh
  }

  /** Resolves when all of them are stored. @throws {StorageError} they cannot be written */
  stored(): Promise<void> {
    return this.#queue.stored()
  }
}

/** No name is empty, or has a slash, when it stands in a key. */
function folderOf(name: string): string {
  return `x${toText(fromString(name), 'base16')}`
}
