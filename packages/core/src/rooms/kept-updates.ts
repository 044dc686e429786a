/**
 * Kept updates: a document in the store, as the updates that made it.
 *
 * Each change is appended. When there are many, all of them together take their place in one step, so that a process
 * which ends in between leaves either the one or the other. Several members may keep a document in one store, as the
 * pages of a browser do: each appends under keys of its own, and does away only with what it has read or written.
 */
import * as Y from 'yjs'
import { StorageError } from '../cluster/errors.ts'
import type { KeyValueChange } from '../cluster/ports.ts'
import { isUpdate } from '../spaces/document-sync.ts'
import type { WriteQueue } from '../spaces/write-queue.ts'

/** Our choice: appended updates beyond which they are merged … */
export const maxAppended = 256
/** … or so many times the bytes of the last merge. */
const growth = 2
/** A merge of less is not worth it. */
const minMergeBytes = 65_536

export type StoredUpdate = readonly [key: string, update: Uint8Array]

export interface KeptUpdatesOptions {
  readonly queue: WriteQueue
  /** A path of its own for this document. */
  readonly prefix: string
  /** Who keeps it: a member id. */
  readonly keeper: string
  /** What the store holds under this path, in the order of the keys. */
  readonly stored: readonly StoredUpdate[]
}

export class KeptUpdates {
  readonly #prefix: string
  readonly #keeper: string
  readonly #queue: WriteQueue
  #whole: Uint8Array | undefined
  /** Keys in the store, in order. */
  #keys: string[]
  #next: number
  #appendedBytes: number
  #mergedBytes = 0

  /** @throws {StorageError} what is stored is damaged, or no document; nothing was changed */
  constructor({ queue, prefix, keeper, stored }: KeptUpdatesOptions) {
    // Without the bounds for what others send: it is this member's own.
    for (const [key, update] of stored)
      if (!isUpdate(update))
        throw new StorageError(`the store holds no document under ${key}: it is damaged or foreign`)
    this.#prefix = prefix
    this.#keeper = keeper
    this.#queue = queue
    this.#whole = stored.length === 0 ? undefined : Y.mergeUpdates(stored.map(([, update]) => update))
    this.#keys = stored.map(([key]) => key)
    this.#next = stored.reduce((last, [key]) => Math.max(last, numberOf(key)), -1) + 1
    this.#appendedBytes = stored.reduce((sum, [, update]) => sum + update.length, 0)
  }

  /** All of it as one update, for the document that is now opened; undefined: nothing is stored. */
  take(): Uint8Array | undefined {
    const whole = this.#whole
    this.#whole = undefined
    return whole
  }

  /** The document is closed; this is all of it. */
  putBack(whole: Uint8Array): void {
    this.#whole = whole
  }

  /** @param whole gives all of the document as one update: asked for when the appended ones are to be merged. */
  append(update: Uint8Array, whole: () => Uint8Array): void {
    this.#appendedBytes += update.length
    const isGrown = this.#appendedBytes > Math.max(minMergeBytes, growth * this.#mergedBytes)
    if (this.#keys.length >= maxAppended || isGrown) this.#merge(whole())
    else this.#queue.push([this.#put(update)])
  }

  /** Resolves when all so far is stored. @throws {StorageError} it cannot be written */
  stored(): Promise<void> {
    return this.#queue.stored()
  }

  #merge(whole: Uint8Array): void {
    const merged = this.#keys
    this.#keys = []
    this.#appendedBytes = 0
    this.#mergedBytes = whole.length
    this.#queue.push([this.#put(whole), ...merged.map(key => ({ key, value: undefined }))])
  }

  #put(value: Uint8Array): KeyValueChange {
    const number = String(this.#next++).padStart(numberLength, '0')
    const key = `${this.#prefix}/${number}-${this.#keeper}`
    this.#keys.push(key)
    return { key, value }
  }
}

/** Enough for an update each millisecond over thirty thousand years; keys sort as numbers do. */
const numberLength = 15

const numberOf = (key: string): number => Number.parseInt(key.slice(key.lastIndexOf('/') + 1), 10)
