/**
 * Update log: a document in the store, as a base (the whole document in chunks) followed by a log of updates.
 *
 * Each change is appended, so the cost of an edit does not depend on the size of the document. The log is compacted
 * between edits. New keys are always stored before the keys that they replace are deleted, so the process may end at
 * any moment.
 *
 * Each epoch of the document has its own keys. The initial state of an epoch is written first, and a key that
 * marks the epoch as current is written last. Until then the previous epoch is current.
 *
 * Several members may store a document in one store, as the pages of a browser do: each appends under its own
 * keys, and deletes only keys that it has read or written. If the store lives in the memory of the process,
 * the log appends nothing. The log keeps the whole document in memory when the document is closed or its room is
 * left.
 */
import * as Y from 'yjs'
import type { Clock } from '../base/clock.ts'
import {
  applyUpdate,
  encodeWithoutPending,
  isComplete,
  pendingUpdate,
  throwError,
} from '../spaces/documents/apply-update.ts'
import type { Lineage } from '../spaces/documents/epochs/document-epochs.ts'
import { isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import { isUpdate } from '../spaces/documents/readable-updates.ts'
import { damagedError, type KeyValueChange } from './key-values.ts'
import { mergeAll, translateLeftover } from './leftover-updates.ts'
import { baseOf, type CompactedLog, LogCompaction } from './log-compaction.ts'
import { LogKeys } from './log-keys.ts'
import { epochPath, type Leftover, lineageChanges, readEpochs, type StoredUpdate } from './stored-epochs.ts'
import { SupersededReplicas } from './superseded-replicas.ts'
import type { SpaceWrites } from './write-queue.ts'

export interface UpdateLogOptions {
  readonly queue: SpaceWrites
  readonly clock: Clock
  /** The path of this document; nothing else is stored under it. */
  readonly prefix: string
  /** Id of the member that writes the log. */
  readonly writerId: string
  /** The stored values under this path, in the order of their keys. */
  readonly stored: readonly StoredUpdate[]
  /** The store lives in the memory of the process. */
  readonly isEphemeral: boolean
}

export class UpdateLog implements CompactedLog {
  readonly #options: UpdateLogOptions
  readonly #keys: LogKeys
  readonly #compaction: LogCompaction
  readonly #superseded: SupersededReplicas
  #lineage: Lineage | undefined
  /** Updates of other epochs that the current one may lack. */
  #leftovers: readonly Leftover[]
  /** Keys to delete from the store when the document is opened. */
  #obsolete: readonly string[]
  /** The updates of the document while it is not open. */
  #closed: readonly Uint8Array[]
  /** What the store contains and was pending when the document was closed. */
  #closedPending: Uint8Array | undefined
  #doc: Y.Doc | undefined
  #isStopped = false
  /** Stored updates were pending when they were read or written. */
  #hadGap = false

  /** @throws {StorageError} the stored values are damaged or not a document; nothing was changed */
  constructor(options: UpdateLogOptions) {
    const { queue, clock, prefix, stored, isEphemeral } = options
    const { lineage, updates, leftovers, obsolete, superseded } = readEpochs(prefix, stored)
    // The limits for updates of other members do not apply, because this member stored these updates itself.
    for (const [key, update] of [...updates, ...leftovers.flatMap(leftover => leftover.updates)])
      if (!isUpdate(update)) throw damaged(key)
    this.#options = options
    this.#lineage = lineage
    this.#leftovers = leftovers
    this.#obsolete = obsolete
    this.#closed = updates.map(([, update]) => update)
    this.#keys = new LogKeys(options, lineage?.epoch, updates, superseded)
    this.#compaction = new LogCompaction(this, this.#keys, queue, clock)
    this.#superseded = new SupersededReplicas(prefix, isEphemeral ? undefined : queue, superseded)
  }

  /**
   * Applies the stored updates to the document, with this object as the origin of the transaction, and stores its changes
   * from now on. Content that the document already has is stored, too.
   *
   * @throws {StorageError} Yjs cannot apply the stored updates; the store is unchanged, and the document is not open
   */
  open(doc: Y.Doc): void {
    const stored = this.#closed
    const isWritten = doc.store.clients.size > 0
    this.#closed = []
    this.#doc = doc
    if (stored.length > 0 && !applyUpdate(doc, mergeAll(stored), this, throwError)) {
      this.#closed = stored
      this.#doc = undefined
      throw damaged(this.#options.prefix)
    }
    // Separately: merged, a pending struct may replace the one that the document contains under the same id.
    if (this.#closedPending) applyUpdate(doc, this.#closedPending, this, throwError)
    this.#closedPending = undefined
    this.#takeLeftovers(doc)
    this.#hadGap = !isComplete(doc)
    if (isWritten) this.#rewrite(this.#lineage)
  }

  get doc(): Y.Doc | undefined {
    return this.#doc
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  get hasGap(): boolean {
    this.#hadGap &&= this.#doc !== undefined && !isComplete(this.#doc)
    return this.#hadGap
  }

  /** Whether the document is closed and the log contains no update of it. */
  get isEmpty(): boolean {
    return this.#doc === undefined && this.#closed.length === 0
  }

  /** The epoch of the document and its past; undefined if the document was never synced. */
  get lineage(): Lineage | undefined {
    return this.#lineage
  }

  /** Replicas of the document that could not be translated into an epoch, oldest first. */
  get superseded(): readonly Uint8Array[] {
    return this.#superseded.stored.map(([, update]) => update)
  }

  /** The document changed to another epoch, or to none: stores it again with its current content. */
  replace(lineage: Lineage | undefined): void {
    if (lineage && !lineage.past && isSameEpoch(lineage.epoch, this.#lineage?.epoch)) return
    const isOnlyMarked = !this.#lineage && lineage?.epoch.number === 0
    const { isEphemeral, prefix, queue } = this.#options
    const before = this.#lineage
    this.#lineage = lineage
    this.#keys.enter(lineage?.epoch)
    if (!isOnlyMarked) this.#rewrite(before)
    else if (!isEphemeral && !this.#isStopped) queue.push(lineageChanges(prefix, lineage))
  }

  /** Stores the current content in the current epoch. @param before the previous epoch, whose keys are deleted */
  #rewrite(before: Lineage | undefined): void {
    const { isEphemeral, prefix, queue } = this.#options
    if (isEphemeral || this.#isStopped) return
    const marks = this.#lineage ? lineageChanges(prefix, this.#lineage) : []
    const marksBefore = before ? lineageChanges(prefix, before).map(({ key }) => key) : []
    const replaced = [...this.#compaction.interrupt(), ...marksBefore]
    queue.push([...this.#allChanges(), ...marks])
    const remaining = new Set(marks.map(({ key }) => key))
    queue.push(replaced.filter(key => !remaining.has(key)).map(key => ({ key, value: undefined })))
  }

  /** Stores the content of a previous replica separately. The caller then empties the document. */
  supersede(update: Uint8Array): void {
    this.#superseded.add(this.#keys.nextName(), update)
  }

  /** Removes all superseded replicas. */
  discardSuperseded(): void {
    this.#superseded.discard()
  }

  /** Applies updates of other epochs that the initial state of the current one may lack, or supersedes them. */
  #takeLeftovers(doc: Y.Doc): void {
    const leftovers = this.#leftovers
    this.#leftovers = []
    for (const leftover of leftovers) {
      const updates = translateLeftover(leftover, this.#lineage, doc.clientID)
      if (!updates) this.supersede(mergeAll(leftover.updates.map(([, update]) => update)))
      for (const update of updates ?? []) {
        Y.applyUpdate(doc, update, this)
        this.append(update)
      }
    }
    if (this.#obsolete.length > 0)
      this.#options.queue.push(this.#obsolete.map(key => ({ key, value: undefined })))
    this.#obsolete = []
  }

  /** The document is closed: remembers its current content. */
  close(): void {
    this.#closed = this.whole()
    this.#closedPending = this.#doc && this.hasGap ? pendingUpdate(this.#doc) : undefined
    this.#doc = undefined
  }

  /** Appends a change of the document, as an update. */
  append(update: Uint8Array): void {
    const { isEphemeral, queue } = this.#options
    if (isEphemeral || this.#isStopped) return
    queue.push([this.#keys.putUpdate(update)])
    this.#compaction.check()
  }

  /** Appends what is pending in the document. Until all of it is in the document, the log gets no new base. */
  appendPending(): void {
    const update = this.#doc && pendingUpdate(this.#doc)
    if (!update) return
    this.#hadGap = true
    this.append(update)
  }

  /** Resolves when all changes so far are stored. @throws {StorageError} they cannot be written */
  stored(): Promise<void> {
    return this.#options.queue.stored()
  }

  /** Later changes of the document are not stored. */
  stop(): void {
    this.#isStopped = true
  }

  /** The current content of the document, as one or several updates. The next exchange brings pending parts again. */
  whole(): readonly Uint8Array[] {
    return this.#doc ? [encodeWithoutPending(this.#doc)] : this.#closed
  }

  /** The changes that store everything again after the store lost its values. The document gets new keys. */
  changesToRewrite(): KeyValueChange[] {
    const untouched = [...this.#superseded.stored, ...this.#leftovers.flatMap(({ updates }) => updates)]
    const changes = untouched.map(([key, value]) => ({ key, value }))
    const marks = this.#lineage ? lineageChanges(this.#options.prefix, this.#lineage) : []
    const pending = this.#doc && this.hasGap ? pendingUpdate(this.#doc) : this.#closedPending
    return [...changes, ...this.#allChanges(), ...(pending ? [this.#keys.putUpdate(pending)] : []), ...marks]
  }

  /** All values, in the form in which the store contains them. */
  entries(): StoredUpdate[] {
    const { prefix } = this.#options
    const path = epochPath(prefix, this.#lineage?.epoch)
    const updates = this.whole().map((update, i): StoredUpdate => [`${path}/${i}`, update])
    const marks = (this.#lineage ? lineageChanges(prefix, this.#lineage) : []).flatMap(
      ({ key, value }): StoredUpdate[] => (value ? [[key, value]] : []),
    )
    return [...updates, ...marks, ...this.#superseded.stored]
  }

  /** The changes that write the whole document under new keys. */
  #allChanges(): KeyValueChange[] {
    const updates = this.#doc && !this.#isStopped && !this.hasGap ? [...baseOf(this.#doc)] : this.whole()
    this.#keys.takeAll()
    return updates.map(update => this.#keys.putBase(update))
  }
}

const damaged = (key: string) => damagedError(`no document under ${key}`)
