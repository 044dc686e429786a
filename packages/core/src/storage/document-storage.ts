/**
 * Kept documents: the documents of one room in the store, by name.
 *
 * All are read when the room is entered, so that a document has what is stored as soon as it is asked for, and a store
 * that is damaged is known before anything is written to it.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { Clock } from '../base/clock.ts'
import type { StoredUpdate } from './stored-epochs.ts'
import { UpdateLog } from './update-log.ts'
import type { WriteQueue } from './write-queue.ts'

/** What a room without a store leaves to whoever enters it again in the same process: updates by document. */
export type DocumentSnapshot = readonly StoredUpdate[]

export interface DocumentStorageOptions {
  readonly queue: WriteQueue
  readonly clock: Clock
  /** A path of its own for the documents of this room. */
  readonly prefix: string
  /** Who keeps them: a member id. */
  readonly writerId: string
  /** Undefined: they are in the store. Else the store ends with the process, and this is what there is of them. */
  readonly snapshot: DocumentSnapshot | undefined
}

export class DocumentStorage {
  readonly #options: DocumentStorageOptions
  readonly #documents = new Map<string, UpdateLog>()
  readonly #removeSource: () => void

  private constructor(options: DocumentStorageOptions) {
    this.#options = options
    const documents = () => [...this.#documents.values()]
    this.#removeSource = options.snapshot
      ? () => {}
      : options.queue.addSource(() => documents().flatMap(document => document.changesToRewrite()))
  }

  /** @throws {StorageError} it is damaged, or foreign; nothing was changed */
  static async open(options: DocumentStorageOptions): Promise<DocumentStorage> {
    const { queue, prefix, snapshot } = options
    const stored = new Map<string, StoredUpdate[]>()
    for (const entry of snapshot ?? (await queue.read(prefix))) {
      const [folder = ''] = entry[0].slice(prefix.length + 1).split('/')
      stored.set(folder, [...(stored.get(folder) ?? []), entry])
    }
    const kept = new DocumentStorage(options)
    try {
      for (const [folder, updates] of stored) kept.#open(folder, updates)
    } catch (error) {
      kept.#removeSource()
      throw error
    }
    return kept
  }

  of(name: string): UpdateLog {
    const folder = folderOf(name)
    return this.#documents.get(folder) ?? this.#open(folder, [])
  }

  /** The room was left: what is written from now on is not kept. */
  close(): void {
    for (const document of this.#documents.values()) document.stop()
    this.stored().then(this.#removeSource, this.#removeSource)
  }

  /** All documents as they are now. */
  snapshot(): DocumentSnapshot {
    return [...this.#documents.values()].flatMap(document => document.entries())
  }

  #open(folder: string, stored: readonly StoredUpdate[]): UpdateLog {
    const { queue, clock, prefix, writerId, snapshot } = this.#options
    const updates = new UpdateLog({
      queue,
      clock,
      prefix: `${prefix}/${folder}`,
      writerId,
      stored,
      isEphemeral: snapshot !== undefined,
    })
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
