/**
 * Pending writes: the changes that the store has not confirmed, in the order in which they were pushed.
 *
 * A change waits until a batch takes it, and stays pending until the batch is written. Only the newest value of a key is
 * pending.
 */
import type { KeyValueChange } from './key-values.ts'

interface PendingChange {
  readonly change: KeyValueChange
  /** The number of the oldest push of its key that is not stored. */
  since: number
}

/** Changes that are written together. */
export interface Batch {
  /** The changes to write again if the batch fails, without keys that a later batch also contains. */
  readonly pending: Map<string, PendingChange>
  readonly isSynced: boolean
  /** The number of the last push before the batch began. */
  readonly upTo: number
}

export class PendingWrites {
  /** Batches that are being written. */
  readonly #batches = new Set<Batch>()
  #waiting = new Map<string, PendingChange>()
  #pushed = 0

  /** The number of the last push. */
  get pushed(): number {
    return this.#pushed
  }

  /** The number of keys whose values are not stored. */
  get size(): number {
    return this.#all().reduce((sum, { size }) => sum + size, 0)
  }

  /** Whether changes wait for a batch. */
  get areWaiting(): boolean {
    return this.#waiting.size > 0
  }

  /** Whether a batch is being written. */
  get isWriting(): boolean {
    return this.#batches.size > 0
  }

  push(changes: readonly KeyValueChange[]): void {
    this.#pushed += 1
    for (const change of changes) this.#enqueue({ change, since: this.#pushed })
  }

  /** Begins a batch of all changes that wait. */
  begin(isSynced: boolean): Batch {
    const batch = { pending: this.#waiting, isSynced, upTo: this.#pushed }
    this.#waiting = new Map()
    // If the earlier batch fails, repeating it must not overwrite the values of this one.
    for (const { pending: earlier } of this.#batches)
      for (const [key, pending] of batch.pending) {
        const older = earlier.get(key)
        if (older) pending.since = Math.min(pending.since, older.since)
        earlier.delete(key)
      }
    this.#batches.add(batch)
    return batch
  }

  /** The batch was written. */
  written(batch: Batch): void {
    this.#batches.delete(batch)
  }

  /** The batch was not written: its changes wait again. */
  failed(batch: Batch): void {
    this.#batches.delete(batch)
    this.#enqueueBefore(batch.pending.values())
  }

  /** The store lost all values. @param values everything to write again, before the changes that wait */
  lost(values: readonly KeyValueChange[]): void {
    this.#enqueueBefore(values.map(change => ({ change, since: 1 })))
  }

  /** The number of the oldest push that is not stored. */
  oldest(): number {
    let oldest = Number.POSITIVE_INFINITY
    for (const changes of this.#all())
      for (const { since } of changes.values()) oldest = Math.min(oldest, since)
    return oldest
  }

  /** Applies the pending changes under a path to these stored values. */
  apply(values: Map<string, Uint8Array>, prefix: string): void {
    for (const changes of this.#all())
      for (const [key, { change }] of changes) {
        if (!key.startsWith(`${prefix}/`)) continue
        if (change.value) values.set(key, change.value)
        else values.delete(key)
      }
  }

  #all(): Map<string, PendingChange>[] {
    return [...[...this.#batches].map(({ pending }) => pending), this.#waiting]
  }

  #enqueueBefore(changes: Iterable<PendingChange>): void {
    const newer = this.#waiting
    this.#waiting = new Map()
    for (const each of [...changes, ...newer.values()]) this.#enqueue(each)
  }

  #enqueue(pending: PendingChange): void {
    const { key } = pending.change
    const older = this.#waiting.get(key)
    if (older) pending.since = Math.min(pending.since, older.since)
    this.#waiting.set(key, pending)
  }
}
