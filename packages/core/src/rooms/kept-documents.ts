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

export interface KeptDocumentsOptions {
  readonly keyValues: KeyValues
  readonly queue: WriteQueue
  /** A path of its own for the documents of this room. */
  readonly prefix: string
  /** Who keeps them: a member id. */
  readonly keeper: string
}

export class KeptDocuments {
  readonly #options: KeptDocumentsOptions
  readonly #documents = new Map<string, KeptUpdates>()

  private constructor(options: KeptDocumentsOptions) {
    this.#options = options
  }

  /** @throws {StorageError} it is damaged, or foreign; nothing was changed */
  static async open(options: KeptDocumentsOptions): Promise<KeptDocuments> {
    const { keyValues, prefix } = options
    const stored = new Map<string, StoredUpdate[]>()
    for (const entry of await keyValues.read(prefix)) {
      const [folder = ''] = entry[0].slice(prefix.length + 1).split('/')
      stored.set(folder, [...(stored.get(folder) ?? []), entry])
    }
    const kept = new KeptDocuments(options)
    for (const [folder, updates] of stored) kept.#keep(folder, updates)
    return kept
  }

  of(name: string): KeptUpdates {
    const folder = folderOf(name)
    return this.#documents.get(folder) ?? this.#keep(folder, [])
  }

  #keep(folder: string, stored: readonly StoredUpdate[]): KeptUpdates {
    const { queue, prefix, keeper } = this.#options
    const updates = new KeptUpdates({ queue, prefix: `${prefix}/${folder}`, keeper, stored })
    this.#documents.set(folder, updates)
    return updates
  }

  /** Resolves when all of them are stored. @throws {StorageError} they cannot be written */
  stored(): Promise<void> {
    return this.#options.queue.stored()
  }
}

/** No name is empty, or has a slash, when it stands in a key. */
function folderOf(name: string): string {
  return `x${toText(fromString(name), 'base16')}`
}
