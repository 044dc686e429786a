/**
 * Log keys: the keys under which the store contains one document in its current epoch, and when the log is long enough for a
 * compaction.
 *
 * The log has three parts: the base (the whole document in chunks), runs (updates that are not merged again) and the tail
 * (short updates that will be merged into a run). Keys sort in the order in which they were assigned, and no key is assigned
 * twice.
 */

import type { Epoch } from '../spaces/documents/epochs/epoch.ts'
import type { KeyValueChange } from './key-values.ts'
import { epochPath, type StoredUpdate } from './stored-epochs.ts'

/** Our choice: number of appended updates that are merged into one. */
export const maxAppended = 256
/** Our choice: merging longer updates gains nothing. */
const maxMergedBytes = 65_536
/** Our choice: a new base for a shorter log gains nothing. */
const minBaseBytes = 65_536
/**
 * The base is rewritten when the log has more than this many merged updates. For a base longer than
 * `minRuns · minBaseBytes`, the limit is one merged update for each `minBaseBytes` of the base.
 */
const minRuns = 64
/** Suffix of the keys of a base. */
const baseSuffix = '-base'
/**
 * The number of digits of an update's number in its key: enough for one update each millisecond over 30,000
 * years. The number is padded to this length, so keys sort like numbers.
 */
const numberLength = 15

export interface LogKeysOptions {
  /** The path of the document. */
  readonly prefix: string
  /** Id of the member that writes the log. Keys of two members differ. */
  readonly writerId: string
}

export class LogKeys {
  readonly #options: LogKeysOptions
  #epoch: Epoch | undefined
  #next = 0
  /** The keys of all updates that are not in `#tail`. */
  #keys: string[] = []
  /** Short updates at the end of the log that will be merged. */
  #tail: StoredUpdate[] = []
  #baseBytes = 0
  #logBytes = 0
  /** The number of updates in the log that will not be merged again: merged updates and long updates. */
  #runs = 0

  /**
   * @param updates the stored updates of the current epoch
   * @param others stored updates whose numbers must not be assigned again
   */
  constructor(
    options: LogKeysOptions,
    epoch: Epoch | undefined,
    updates: readonly StoredUpdate[],
    others: readonly StoredUpdate[],
  ) {
    this.#options = options
    this.#epoch = epoch
    this.#next = [...updates, ...others].reduce((last, [key]) => Math.max(last, numberOf(key)), -1) + 1
    for (const [key, update] of updates)
      if (key.endsWith(baseSuffix)) this.#addBase(key, update)
      else this.#addUpdate(key, update)
  }

  /** Later keys belong to this epoch. */
  enter(epoch: Epoch | undefined): void {
    this.#epoch = epoch
  }

  /** Assigns a key to a chunk of the base. */
  putBase(chunk: Uint8Array): KeyValueChange {
    const change = this.#put(chunk, baseSuffix)
    this.#addBase(change.key, chunk)
    return change
  }

  /** Assigns a key to an update of the log. */
  putUpdate(update: Uint8Array): KeyValueChange {
    const change = this.#put(update, '')
    this.#addUpdate(change.key, update)
    return change
  }

  /** Assigns a key to an update into which others were merged. */
  putRun(update: Uint8Array): KeyValueChange {
    const change = this.#put(update, '')
    this.#addRun(change.key)
    return change
  }

  /** A number that no other key has, followed by the writer's id. */
  nextName(): string {
    return `${String(this.#next++).padStart(numberLength, '0')}-${this.#options.writerId}`
  }

  /** Removes all keys, because new ones will replace them. @returns these keys */
  takeAll(): string[] {
    const all = [...this.#keys, ...this.#tail.map(([key]) => key)]
    this.#keys = []
    this.#tail = []
    this.#baseBytes = 0
    this.#logBytes = 0
    this.#runs = 0
    return all
  }

  /** The store still contains updates under these keys, because new ones did not replace them. */
  restore(keys: readonly string[]): void {
    this.#keys.push(...keys)
  }

  /** Removes the oldest short updates, because a run will replace them. */
  takeOldest(): StoredUpdate[] {
    let count = 0
    for (let bytes = 0; count < maxAppended && bytes < maxMergedBytes; count++)
      bytes += this.#tail[count]?.[1].length ?? maxMergedBytes
    return this.#tail.splice(0, count)
  }

  /** Whether the number of short updates is large enough to merge them into a run. */
  get isTailLong(): boolean {
    return this.#tail.length >= maxAppended
  }

  /** Whether the log is so long that a new base should replace it. */
  get isLogLong(): boolean {
    const isGrown = this.#logBytes > Math.max(minBaseBytes, this.#baseBytes)
    return isGrown || this.#runs > Math.max(minRuns, this.#baseBytes / minBaseBytes)
  }

  #put(value: Uint8Array, suffix: string): KeyValueChange {
    const path = epochPath(this.#options.prefix, this.#epoch)
    return { key: `${path}/${this.nextName()}${suffix}`, value }
  }

  #addBase(key: string, chunk: Uint8Array): void {
    this.#keys.push(key)
    this.#baseBytes += chunk.length
  }

  #addUpdate(key: string, update: Uint8Array): void {
    this.#logBytes += update.length
    if (update.length < maxMergedBytes) this.#tail.push([key, update])
    else this.#addRun(key)
  }

  #addRun(key: string): void {
    this.#keys.push(key)
    this.#runs += 1
  }
}

const numberOf = (key: string): number => Number(/\/(?:[a-z]+-)?(\d+)[^/]*$/.exec(key)?.[1] ?? -1)
