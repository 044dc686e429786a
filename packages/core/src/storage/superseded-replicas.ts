/**
 * Superseded replicas: former replicas of one document that could not be translated into an epoch.
 *
 * The store contains them until the app discards them, but no more than the last 16.
 */
import type { KeyValueChange } from './key-values.ts'
import { type StoredUpdate, supersededKey } from './stored-epochs.ts'
import type { SpaceWrites } from './write-queue.ts'

/** Our choice: maximum number of superseded replicas that the app has not discarded. */
const maxSuperseded = 16

export class SupersededReplicas {
  readonly #prefix: string
  /** Undefined: the store lives in the memory of the process. */
  readonly #queue: SpaceWrites | undefined
  #stored: readonly StoredUpdate[]

  /** @param prefix the path of the document */
  constructor(prefix: string, queue: SpaceWrites | undefined, stored: readonly StoredUpdate[]) {
    this.#prefix = prefix
    this.#queue = queue
    this.#stored = stored
  }

  /** Oldest first. */
  get stored(): readonly StoredUpdate[] {
    return this.#stored
  }

  /** @param name a number that no other key of the document has, and the writer's id */
  add(name: string, update: Uint8Array): void {
    const key = supersededKey(this.#prefix, name)
    const all: StoredUpdate[] = [...this.#stored, [key, update]]
    this.#stored = all.slice(-maxSuperseded)
    this.#queue?.push([{ key, value: update }, ...removalsOf(all.slice(0, -maxSuperseded))])
  }

  discard(): void {
    this.#queue?.push(removalsOf(this.#stored))
    this.#stored = []
  }
}

function removalsOf(stored: readonly StoredUpdate[]): KeyValueChange[] {
  return stored.map(([key]) => ({ key, value: undefined }))
}
