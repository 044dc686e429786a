/**
 * Update log: a document in the store, as a base (the whole document in chunks) followed by a log of updates.
 *
 * Each change is appended, so the cost of an edit does not depend on the size of the document. Between edits
 * the log is compacted in short steps: many short updates are merged into one, without reading the document.
 * When the log is larger than the base, the document is written again as a new base. New keys are always
 * stored before the keys that they replace are deleted, so the process may end at any moment.
 *
 * Each epoch of the document has its own keys. The initial state of an epoch is written first, and a key that
 * marks the epoch as current is written last. Until then the previous epoch is current.
 *
 * Several members may store a document in one store, as the pages of a browser do: each appends under its own
 * keys, and deletes only keys that it has read or written. If the store lives in the memory of the process,
 * the log appends nothing. It keeps the whole document in memory when the document is closed or its room is
 * left.
 */
import * as Y from 'yjs'
import { StorageError } from '../api/errors.ts'
import type { Clock } from '../base/clock.ts'
import { isComplete } from '../spaces/documents/apply-update.ts'
import type { Lineage } from '../spaces/documents/epochs/document-epochs.ts'
import { isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import { broughtInto, docOf, undoEpoch } from '../spaces/documents/epochs/rebase.ts'
import { isUpdate } from '../spaces/documents/readable-updates.ts'
import { updateChunks } from '../spaces/documents/update-chunks.ts'
import type { KeyValueChange } from './key-values.ts'
import {
  epochPath,
  type Leftover,
  lineageChanges,
  readEpochs,
  type StoredUpdate,
  supersededKey,
} from './stored-epochs.ts'
import type { WriteQueue } from './write-queue.ts'

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
/**
 * Our choice: the pause between two steps is several times longer than a step, which takes some milliseconds.
 */
const pauseMs = 20

export interface UpdateLogOptions {
  readonly queue: WriteQueue
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

export class UpdateLog {
  readonly #options: UpdateLogOptions
  #lineage: Lineage | undefined
  /** Updates of other epochs that the current one may lack. */
  #leftovers: readonly Leftover[]
  /** Keys to delete from the store when the document is opened. */
  #obsolete: readonly string[]
  #superseded: readonly StoredUpdate[]
  /** The updates of the document while it is not open. */
  #closed: readonly Uint8Array[]
  #doc: Y.Doc | undefined
  /** The keys in the store of all updates that are not in `#tail`. */
  #keys: string[] = []
  /** Short updates at the end of the log that will be merged. */
  #tail: StoredUpdate[] = []
  #next: number
  #baseBytes = 0
  #logBytes = 0
  /** The number of updates in the log that will not be merged again: merged updates and long updates. */
  #runs = 0
  /** Keys to delete when the new base has been written. */
  #replacing: readonly string[] = []
  /** How often the whole document was rewritten. */
  #rewrites = 0
  #isCompacting = false
  #isStopped = false

  /** @throws {StorageError} the stored values are damaged or not a document; nothing was changed */
  constructor(options: UpdateLogOptions) {
    const { prefix, stored } = options
    const { lineage, updates, leftovers, obsolete, superseded } = readEpochs(prefix, stored)
    // The limits for updates of other members do not apply, because this member stored these updates itself.
    for (const [key, update] of [...updates, ...leftovers.flatMap(leftover => leftover.updates)])
      if (!isUpdate(update))
        throw new StorageError(`the store contains no document under ${key}: it is damaged or not hearsay's`)
    this.#options = options
    this.#lineage = lineage
    this.#leftovers = leftovers
    this.#obsolete = obsolete
    this.#superseded = superseded
    this.#closed = updates.map(([, update]) => update)
    this.#next = [...updates, ...superseded].reduce((last, [key]) => Math.max(last, numberOf(key)), -1) + 1
    for (const [key, update] of updates) {
      if (key.endsWith(baseSuffix)) {
        this.#keys.push(key)
        this.#baseBytes += update.length
      } else this.#log(key, update)
    }
  }

  /**
   * Applies the stored updates to the document, with this object as the origin of the transaction, and stores its changes
   * from now on. Content that the document already has is stored, too.
   */
  open(doc: Y.Doc): void {
    const stored = this.#closed
    const isWritten = doc.store.clients.size > 0
    this.#closed = []
    this.#doc = doc
    if (stored.length > 0) Y.applyUpdate(doc, mergeAll(stored), this)
    this.#takeLeftovers(doc)
    if (isWritten) this.#rewrite(this.#lineage)
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
    return this.#superseded.map(([, update]) => update)
  }

  /** The document changed to another epoch, or to none: stores it again with its current content. */
  replace(lineage: Lineage | undefined): void {
    if (lineage && !lineage.past && isSameEpoch(lineage.epoch, this.#lineage?.epoch)) return
    const isOnlyMarked = !this.#lineage && lineage?.epoch.number === 0
    const { isEphemeral, prefix, queue } = this.#options
    const before = this.#lineage
    this.#lineage = lineage
    if (!isOnlyMarked) this.#rewrite(before)
    else if (!isEphemeral && !this.#isStopped) queue.push(lineageChanges(prefix, lineage))
  }

  /** Stores the current content in the current epoch. @param before the previous epoch, whose keys are deleted */
  #rewrite(before: Lineage | undefined): void {
    const { isEphemeral, prefix, queue } = this.#options
    if (isEphemeral || this.#isStopped) return
    this.#rewrites += 1
    const marks = this.#lineage ? lineageChanges(prefix, this.#lineage) : []
    const marksBefore = before ? lineageChanges(prefix, before).map(({ key }) => key) : []
    const replaced = [...this.#keys, ...this.#tail.map(([key]) => key), ...this.#replacing, ...marksBefore]
    queue.push([...this.#allChanges(), ...marks])
    const remaining = new Set(marks.map(({ key }) => key))
    queue.push(replaced.filter(key => !remaining.has(key)).map(key => ({ key, value: undefined })))
  }

  /** Stores the content of a previous replica separately. The caller then empties the document. */
  supersede(update: Uint8Array): void {
    const { prefix, writerId, queue, isEphemeral } = this.#options
    const change = { key: supersededKey(prefix, `${this.#number()}-${writerId}`), value: update }
    const all: StoredUpdate[] = [...this.#superseded, [change.key, update]]
    this.#superseded = all.slice(-maxSuperseded)
    const dropped = all.slice(0, -maxSuperseded).map(([key]) => ({ key, value: undefined }))
    if (!isEphemeral) queue.push([change, ...dropped])
  }

  /** Removes all superseded replicas. */
  discardSuperseded(): void {
    const { queue, isEphemeral } = this.#options
    if (!isEphemeral) queue.push(this.#superseded.map(([key]) => ({ key, value: undefined })))
    this.#superseded = []
  }

  /** Applies updates of other epochs that the initial state of the current one may lack, or supersedes them. */
  #takeLeftovers(doc: Y.Doc): void {
    const leftovers = this.#leftovers
    this.#leftovers = []
    for (const leftover of leftovers) {
      const updates = this.#translated(leftover, doc.clientID)
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

  /** Translates updates into the current epoch; undefined if the store does not contain enough for that. */
  #translated({ kind, lineage, updates }: Leftover, clientID: number): Uint8Array[] | undefined {
    const { past, epoch } = this.#lineage ?? {}
    if (!past || !epoch || kind === 'other') return undefined
    const stored = updates.map(([, update]) => update)
    if (kind === 'parent') return broughtInto(epoch, past, mergeAll(stored))
    if (!lineage?.past) return undefined
    const [doc, base] = [docOf(stored), docOf(lineage.past.updates)]
    doc.clientID = clientID
    const before = undoEpoch({ doc, base, epoch: lineage.epoch })
    return broughtInto(epoch, past, Y.encodeStateAsUpdate(before))
  }

  /** The document is closed: remembers its current content. */
  close(): void {
    this.#closed = this.whole()
    this.#doc = undefined
  }

  /** Appends a change of the document, as an update. */
  append(update: Uint8Array): void {
    const { isEphemeral, queue } = this.#options
    if (isEphemeral || this.#isStopped) return
    const change = this.#put(update, '')
    queue.push([change])
    this.#log(change.key, update)
    if (this.#isCompactionDue()) void this.#compact()
  }

  /** Resolves when all changes so far are stored. @throws {StorageError} they cannot be written */
  stored(): Promise<void> {
    return this.#options.queue.stored()
  }

  /** Later changes of the document are not stored. */
  stop(): void {
    this.#isStopped = true
  }

  /** The current content of the document, as one or several updates. */
  whole(): readonly Uint8Array[] {
    return this.#doc ? [Y.encodeStateAsUpdate(this.#doc)] : this.#closed
  }

  /** The changes that store everything again after the store lost its values. The document gets new keys. */
  changesToRewrite(): KeyValueChange[] {
    const untouched = [...this.#superseded, ...this.#leftovers.flatMap(({ updates }) => updates)]
    const changes = untouched.map(([key, value]) => ({ key, value }))
    const marks = this.#lineage ? lineageChanges(this.#options.prefix, this.#lineage) : []
    return [...changes, ...this.#allChanges(), ...marks]
  }

  /** All values, in the form in which the store contains them. */
  entries(): StoredUpdate[] {
    const { prefix } = this.#options
    const path = epochPath(prefix, this.#lineage?.epoch)
    const updates = this.whole().map((update, i): StoredUpdate => [`${path}/${i}`, update])
    const marks = (this.#lineage ? lineageChanges(prefix, this.#lineage) : []).flatMap(
      ({ key, value }): StoredUpdate[] => (value ? [[key, value]] : []),
    )
    return [...updates, ...marks, ...this.#superseded]
  }

  /** The changes that write the whole document under new keys. */
  #allChanges(): KeyValueChange[] {
    const isWhole = this.#doc !== undefined && isComplete(this.#doc) && !this.#isStopped
    const updates = this.#doc && isWhole ? [...baseOf(this.#doc)] : this.whole()
    const changes = updates.map(update => this.#put(update, baseSuffix))
    this.#keys = changes.map(({ key }) => key)
    this.#tail = []
    this.#runs = 0
    this.#logBytes = 0
    this.#baseBytes = updates.reduce((sum, { length }) => sum + length, 0)
    return changes
  }

  #put(value: Uint8Array, suffix: string): KeyValueChange {
    const { prefix, writerId } = this.#options
    const path = epochPath(prefix, this.#lineage?.epoch)
    return { key: `${path}/${this.#number()}-${writerId}${suffix}`, value }
  }

  #number(): string {
    return String(this.#next++).padStart(numberLength, '0')
  }

  #log(key: string, update: Uint8Array): void {
    this.#logBytes += update.length
    if (update.length < maxMergedBytes) this.#tail.push([key, update])
    else {
      this.#keys.push(key)
      this.#runs += 1
    }
  }

  #isCompactionDue(): boolean {
    if (this.#options.queue.state.status === 'failing') return false
    return this.#tail.length >= maxAppended || this.#isBaseDue()
  }

  #isBaseDue(): boolean {
    if (!this.#doc || !isComplete(this.#doc)) return false
    const isGrown = this.#logBytes > Math.max(minBaseBytes, this.#baseBytes)
    return isGrown || this.#runs > Math.max(minRuns, this.#baseBytes / minBaseBytes)
  }

  /** Runs compaction steps until none is due. */
  async #compact(): Promise<void> {
    if (this.#isCompacting) return
    this.#isCompacting = true
    try {
      for (await this.#pause(); this.#isCompactionDue() && !this.#isStopped; await this.#pause()) {
        if (this.#isBaseDue()) await this.#writeBase()
        else this.#mergeTail()
      }
    } catch {
      // The write queue reports that the store failed. The next edit starts the compaction again.
    } finally {
      this.#isCompacting = false
    }
  }

  /** Merges the oldest short updates into one. */
  #mergeTail(): void {
    let count = 0
    for (let bytes = 0; count < maxAppended && bytes < maxMergedBytes; count++)
      bytes += this.#tail[count]?.[1].length ?? maxMergedBytes
    const merged = this.#tail.splice(0, count)
    const run = this.#put(Y.mergeUpdates(merged.map(([, update]) => update)), '')
    this.#keys.push(run.key)
    this.#runs += 1
    this.#options.queue.push([run, ...merged.map(([key]) => ({ key, value: undefined }))])
  }

  /**
   * Writes a new base.
   *
   * @throws {StorageError} the base could not be stored; the previous base and log remain stored
   */
  async #writeBase(): Promise<void> {
    const doc = this.#doc
    if (!doc) return
    const rewrites = this.#rewrites
    const replaced = [...this.#keys, ...this.#tail.map(([key]) => key)]
    this.#replacing = replaced
    this.#keys = []
    this.#tail = []
    this.#logBytes = 0
    this.#runs = 0
    this.#baseBytes = 0
    const { queue } = this.#options
    try {
      for (const chunk of baseOf(doc)) {
        const change = this.#put(chunk, baseSuffix)
        queue.push([change])
        this.#keys.push(change.key)
        this.#baseBytes += chunk.length
        await this.#pause()
        if (doc !== this.#doc || this.#isStopped) throw new StorageError('the document was closed')
        // The whole document was rewritten meanwhile.
        if (rewrites !== this.#rewrites) return
      }
      await queue.stored()
    } catch (error) {
      if (rewrites === this.#rewrites) this.#keys.push(...replaced)
      throw error
    } finally {
      this.#replacing = []
    }
    queue.push(replaced.map(key => ({ key, value: undefined })))
  }

  #pause(): Promise<void> {
    const { clock } = this.#options
    return new Promise(resolve => clock.setTimer(clock.now().monotonicMs + pauseMs, resolve))
  }
}

/** Our choice: maximum number of superseded replicas that the app has not discarded. */
const maxSuperseded = 16

/** Suffix of the keys of a base. */
const baseSuffix = '-base'
/**
 * The number of digits of an update's number in its key: enough for one update each millisecond over 30,000
 * years. The number is padded to this length, so keys sort like numbers.
 */
const numberLength = 15

const numberOf = (key: string): number => Number(/\/(?:[a-z]+-)?(\d+)[^/]*$/.exec(key)?.[1] ?? -1)

/**
 * Our choice: half of the size that makes a single write slow, because a chunk may exceed the limit by one
 * value.
 */
const baseChunkBytes = 524_288

const baseOf = (doc: Y.Doc) => updateChunks(doc, { since: new Map(), maxBytes: baseChunkBytes })

/** Merges in groups, because Yjs compares all updates that it merges with each other. */
function mergeAll(updates: readonly Uint8Array[]): Uint8Array {
  if (updates.length <= maxAppended) return Y.mergeUpdates([...updates])
  const groups: Uint8Array[] = []
  for (let i = 0; i < updates.length; i += maxAppended)
    groups.push(Y.mergeUpdates(updates.slice(i, i + maxAppended)))
  return mergeAll(groups)
}
