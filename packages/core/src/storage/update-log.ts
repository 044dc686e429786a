/**
 * Kept updates: a document in the store, as a log of updates behind a base of chunks.
 *
 * Each change is appended, so an edit costs the same in a document of any size. Beside the edits, in steps between which
 * others have their turn: many short updates are merged into one, without a look at the document; and when the log is
 * larger than the base, the document is written anew as the base. New keys are always stored before the keys that they
 * replace are deleted, so a process may end anywhere.
 *
 * Each epoch of the document has keys of its own. Its first keys are written with what it began with, and a last one says
 * that all of them are there: until then the epoch before counts.
 *
 * Several members may keep a document in one store, as the pages of a browser do: each appends under keys of its own,
 * and deletes only what it has read or written. Where the store ends with the process nothing is appended at all: the
 * document is kept as a whole when it is closed or its room is left.
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

/** Our choice: appended updates that are merged into one. */
export const maxAppended = 256
/** Our choice: merging what is longer gains nothing … */
const maxMergedBytes = 65_536
/** … nor does a base for a shorter log. */
const minBaseBytes = 65_536
/** Merged updates behind a short base. A longer one is written anew after one for each `minBaseBytes` of it. */
const minRuns = 64
/** Our choice: between two steps, so that a step of some milliseconds takes a fraction of the time. */
const pauseMs = 20

export interface UpdateLogOptions {
  readonly queue: WriteQueue
  readonly clock: Clock
  /** A path of its own for this document. */
  readonly prefix: string
  /** Who keeps it: a member id. */
  readonly writerId: string
  /** What the store holds under this path, in the order of the keys. */
  readonly stored: readonly StoredUpdate[]
  /** The store ends with the process. */
  readonly isEphemeral: boolean
}

export class UpdateLog {
  readonly #options: UpdateLogOptions
  #lineage: Lineage | undefined
  /** Updates of other epochs that may not be part of the present one. */
  #leftovers: readonly Leftover[]
  /** Keys of the store that are to be deleted when the document is opened. */
  #obsolete: readonly string[]
  #superseded: readonly StoredUpdate[]
  /** What makes the document while it is not open. */
  #closed: readonly Uint8Array[]
  #doc: Y.Doc | undefined
  /** Keys in the store but those of the tail. */
  #keys: string[] = []
  /** Short updates at the end of the log that are to be merged. */
  #tail: StoredUpdate[] = []
  #next: number
  #baseBytes = 0
  #logBytes = 0
  /** Merged updates and long ones in the log. */
  #runs = 0
  /** Keys that a base is being written for. */
  #replacing: readonly string[] = []
  /** Counts how often all was written anew. */
  #rewrites = 0
  #isWorking = false
  #isStopped = false

  /** @throws {StorageError} what is stored is damaged, or no document; nothing was changed */
  constructor(options: UpdateLogOptions) {
    const { prefix, stored } = options
    const { lineage, updates, leftovers, obsolete, superseded } = readEpochs(prefix, stored)
    // Without the bounds for what others send: it is this member's own.
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
   * Brings what is stored into the document, with this as the origin, and keeps it from now on, with what is in it
   * already.
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

  /** Nothing is stored. */
  get isEmpty(): boolean {
    return this.#doc === undefined && this.#closed.length === 0
  }

  /** In which epoch the document is; undefined: it was never synced. */
  get lineage(): Lineage | undefined {
    return this.#lineage
  }

  /** Replicas of the document that could not be brought into an epoch, the oldest first. */
  get superseded(): readonly Uint8Array[] {
    return this.#superseded.map(([, update]) => update)
  }

  /** The document is in another epoch, or in none: it is stored anew, as it is now. */
  replace(lineage: Lineage | undefined): void {
    if (lineage && !lineage.past && isSameEpoch(lineage.epoch, this.#lineage?.epoch)) return
    const isOnlyMarked = !this.#lineage && lineage?.epoch.number === 0
    const { isEphemeral, prefix, queue } = this.#options
    const before = this.#lineage
    this.#lineage = lineage
    if (!isOnlyMarked) this.#rewrite(before)
    else if (!isEphemeral && !this.#isStopped) queue.push(lineageChanges(prefix, lineage))
  }

  /** Stores the document anew, as it is now, in its epoch. @param before in which epoch it was */
  #rewrite(before: Lineage | undefined): void {
    const { isEphemeral, prefix, queue } = this.#options
    if (isEphemeral || this.#isStopped) return
    this.#rewrites += 1
    const marks = this.#lineage ? lineageChanges(prefix, this.#lineage) : []
    const marksBefore = before ? lineageChanges(prefix, before).map(({ key }) => key) : []
    const replaced = [...this.#keys, ...this.#tail.map(([key]) => key), ...this.#replacing, ...marksBefore]
    queue.push([...this.#allChanges(), ...marks])
    const kept = new Set(marks.map(({ key }) => key))
    queue.push(replaced.filter(key => !kept.has(key)).map(key => ({ key, value: undefined })))
  }

  /** The document is emptied, and what it was is kept beside it. */
  supersede(update: Uint8Array): void {
    const { prefix, writerId, queue, isEphemeral } = this.#options
    const change = { key: supersededKey(prefix, `${this.#number()}-${writerId}`), value: update }
    const all: StoredUpdate[] = [...this.#superseded, [change.key, update]]
    this.#superseded = all.slice(-maxSuperseded)
    const dropped = all.slice(0, -maxSuperseded).map(([key]) => ({ key, value: undefined }))
    if (!isEphemeral) queue.push([change, ...dropped])
  }

  /** The app has them. */
  discardSuperseded(): void {
    const { queue, isEphemeral } = this.#options
    if (!isEphemeral) queue.push(this.#superseded.map(([key]) => ({ key, value: undefined })))
    this.#superseded = []
  }

  /** What other epochs left in the store, and may not be part of what the present one began with. */
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

  /** As updates within the present epoch; undefined: nothing that is stored tells how. */
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

  /** The document is closed, with what is in it now. */
  close(): void {
    this.#closed = this.whole()
    this.#doc = undefined
  }

  /** A change of the document, as an update. */
  append(update: Uint8Array): void {
    const { isEphemeral, queue } = this.#options
    if (isEphemeral || this.#isStopped) return
    const change = this.#put(update, '')
    queue.push([change])
    this.#log(change.key, update)
    if (this.#isWorkDue()) void this.#work()
  }

  /** Resolves when all so far is stored. @throws {StorageError} it cannot be written */
  stored(): Promise<void> {
    return this.#options.queue.stored()
  }

  /** What is written into the document from now on is not kept. */
  stop(): void {
    this.#isStopped = true
  }

  /** The document as it is now, in one update, or several. */
  whole(): readonly Uint8Array[] {
    return this.#doc ? [Y.encodeStateAsUpdate(this.#doc)] : this.#closed
  }

  /** Everything, for a store that lost it: under new keys, which are those in the store from now on. */
  changesToRewrite(): KeyValueChange[] {
    const untouched = [...this.#superseded, ...this.#leftovers.flatMap(({ updates }) => updates)]
    const changes = untouched.map(([key, value]) => ({ key, value }))
    const marks = this.#lineage ? lineageChanges(this.#options.prefix, this.#lineage) : []
    return [...changes, ...this.#allChanges(), ...marks]
  }

  /** All that is kept, as the store holds it. */
  entries(): StoredUpdate[] {
    const { prefix } = this.#options
    const path = epochPath(prefix, this.#lineage?.epoch)
    const updates = this.whole().map((update, i): StoredUpdate => [`${path}/${i}`, update])
    const marks = (this.#lineage ? lineageChanges(prefix, this.#lineage) : []).flatMap(
      ({ key, value }): StoredUpdate[] => (value ? [[key, value]] : []),
    )
    return [...updates, ...marks, ...this.#superseded]
  }

  /** The document under new keys. */
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

  #isWorkDue(): boolean {
    if (this.#options.queue.state.status === 'failing') return false
    return this.#tail.length >= maxAppended || this.#isBaseDue()
  }

  #isBaseDue(): boolean {
    if (!this.#doc || !isComplete(this.#doc)) return false
    const isGrown = this.#logBytes > Math.max(minBaseBytes, this.#baseBytes)
    return isGrown || this.#runs > Math.max(minRuns, this.#baseBytes / minBaseBytes)
  }

  /** One step after the other, as long as there is something to do. */
  async #work(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    try {
      for (await this.#pause(); this.#isWorkDue() && !this.#isStopped; await this.#pause()) {
        if (this.#isBaseDue()) await this.#writeBase()
        else this.#mergeTail()
      }
    } catch {
      // The store fails: the queue says so, and the next edit begins anew.
    } finally {
      this.#isWorking = false
    }
  }

  /** The oldest short updates become one. */
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

  /** @throws {StorageError} the new base could not be stored: it stands beside the log that it was to replace */
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
        // Written as a whole meanwhile.
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

/** Our choice: replicas that could not be brought into an epoch, and that nobody has asked for. */
const maxSuperseded = 16

/** Of the keys of a base. */
const baseSuffix = '-base'
/** Enough for an update each millisecond over thirty thousand years; keys sort as numbers do. */
const numberLength = 15

const numberOf = (key: string): number => Number(/\/(?:[a-z]+-)?(\d+)[^/]*$/.exec(key)?.[1] ?? -1)

/** Our choice: half of what would make a single write slow, as one value may come on top. */
const baseChunkBytes = 524_288

const baseOf = (doc: Y.Doc) => updateChunks(doc, { since: new Map(), maxBytes: baseChunkBytes })

/** In groups: Yjs compares all that it merges with each other. */
function mergeAll(updates: readonly Uint8Array[]): Uint8Array {
  if (updates.length <= maxAppended) return Y.mergeUpdates([...updates])
  const groups: Uint8Array[] = []
  for (let i = 0; i < updates.length; i += maxAppended)
    groups.push(Y.mergeUpdates(updates.slice(i, i + maxAppended)))
  return mergeAll(groups)
}
