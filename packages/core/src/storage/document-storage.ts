/**
 * Document storage: the stored documents of one room, by name.
 *
 * All documents are read when the room is entered. A document therefore has its stored content as soon as it is opened, and
 * a damaged store is detected before anything is written to it.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { Clock } from '../base/clock.ts'
import type { StoredUpdate } from './stored-epochs.ts'
import { UpdateLog } from './update-log.ts'
import type { SpaceWrites } from './write-queue.ts'

/** Documents of a room without a store, restored when the same process enters the room again: updates by document. */
export type DocumentSnapshot = readonly StoredUpdate[]

export interface DocumentStorageOptions {
  readonly queue: SpaceWrites
  readonly clock: Clock
  /** The path of this room's documents; nothing else is stored under it. */
  readonly prefix: string
  /** Id of the member that writes the documents. */
  readonly writerId: string
  /** The documents, if the store ends with the process. Undefined: they are in the store. */
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

  /** Reads all documents. @throws {StorageError} the store is damaged or not hearsay's; nothing was changed */
  static async open(options: DocumentStorageOptions): Promise<DocumentStorage> {
    const { queue, prefix, snapshot } = options
    const stored = new Map<string, StoredUpdate[]>()
    for (const entry of snapshot ?? (await queue.read(prefix))) {
      const [folder = ''] = entry[0].slice(prefix.length + 1).split('/')
      stored.set(folder, [...(stored.get(folder) ?? []), entry])
    }
    const storage = new DocumentStorage(options)
    try {
      for (const [folder, updates] of stored) storage.#open(folder, updates)
    } catch (error) {
      storage.#removeSource()
      throw error
    }
    return storage
  }

  of(name: string): UpdateLog {
    const folder = folderOf(name)
    return this.#documents.get(folder) ?? this.#open(folder, [])
  }

  /** The room was left: later changes are not stored. */
  close(): void {
    for (const document of this.#documents.values()) document.stop()
    this.stored().then(this.#removeSource, this.#removeSource)
  }

  /** The current content of all documents. */
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

  /** Resolves when all documents are stored. @throws {StorageError} they cannot be written */
  stored(): Promise<void> {
    return this.#options.queue.stored()
  }
}

/** Folder name of a document: never empty and without a slash, so that it can be a part of a key. */
function folderOf(name: string): string {
  return `x${toText(fromString(name), 'base16')}`
}
