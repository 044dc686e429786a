/**
 * Document epochs: in which epoch one replica of a document is, and how it gets into another one.
 *
 * A replica is in no epoch until it has exchanged something: what was written into it until then builds on nothing that
 * others hold, so it belongs into whichever epoch the others are in. Invariants:
 * 1. Replicas exchange updates only within one epoch.
 * 2. Nothing of a replica is dropped when it enters an epoch: it is part of what the epoch began with, or translated.
 * 3. Where that is impossible, because what the epoch began with cannot be had, the replica is handed over as a whole.
 */
import * as Y from 'yjs'
import type { EpochName } from '../../wire/epoch-name.ts'
import { applyUpdate } from '../apply-update.ts'
import { DocumentDigest } from '../document-digest.ts'
import { isUpdate } from '../readable-updates.ts'
import { encodeDeletions } from '../update-chunks.ts'
import { compact } from './compaction.ts'
import { type Epoch, firstEpoch, isLaterEpoch, isSameEpoch, named, nextEpoch, type Past } from './epoch.ts'
import { compactBase, docOf, rebase, undoEpoch } from './rebase.ts'
import { rangesBeyond } from './translation.ts'

/** In which epoch a replica is, and what that began with, if this member knows it. */
export interface Lineage {
  readonly epoch: Epoch
  readonly past?: Past | undefined
}

export interface DocumentEpochsOptions {
  readonly doc: Y.Doc
  /** Of the transactions that change the document. */
  readonly origin: unknown
  readonly lineage: Lineage | undefined
  /** The digest of the document as it is. */
  readonly hash: () => Uint8Array
  /** The document has other ids: whatever was remembered of the old ones is void. */
  readonly replaced: () => void
  /** The replica is in another epoch, or in none. */
  readonly changed: (lineage: Lineage | undefined) => void
}

/** Structs and deletions of what an epoch began with: of four million clients, about. */
const maxPastParts = 16_777_216

export class DocumentEpochs {
  readonly #options: DocumentEpochsOptions
  #lineage: Lineage | undefined
  #later: EpochName | undefined
  readonly #withoutPast = new Set<string>()
  /** What comes of the past of the later epoch, from one member. */
  #gathered: { readonly from: string; readonly updates: Uint8Array[]; bytes: number } | undefined

  constructor(options: DocumentEpochsOptions) {
    this.#options = options
    this.#lineage = options.lineage
  }

  get lineage(): Lineage | undefined {
    return this.#lineage
  }

  /** Undefined: in none yet. */
  get current(): Epoch | undefined {
    return this.#lineage?.epoch
  }

  /** A later epoch that another member is in, and this replica is not yet. */
  get later(): EpochName | undefined {
    return this.#later
  }

  /** Something else takes the document's updates, perhaps to another store or another network: ids must stay. */
  get areIdsFollowed(): boolean {
    const { _observers: observers } = this.#options.doc
    return observers.has('update') || observers.has('updateV2')
  }

  get mayBegin(): boolean {
    const { doc } = this.#options
    const isChanging = doc._transaction !== null || doc._transactionCleanups.length > 0
    return !this.areIdsFollowed && !isChanging && isComplete(doc)
  }

  /** The epoch that would begin now. */
  next(): Epoch {
    return nextEpoch(this.current ?? firstEpoch, this.#options.hash())
  }

  /** Puts a replica that was in no epoch into this one, as it is. */
  place(epoch: EpochName): void {
    if (!this.#lineage) this.#enter({ epoch: named(epoch) })
  }

  /** Updates of the document, until it gets other ids. */
  *whileIn(updates: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
    const lineage = this.#lineage
    for (const update of updates) {
      if (lineage && this.#lineage !== lineage) return
      yield update
    }
  }

  /** Another member is in this epoch. A replica that is empty enters it, if it is a later one. */
  saw(epoch: EpochName): void {
    const known = this.#later ?? this.current
    if (!known || !isLaterEpoch(epoch, known)) return
    this.#later = epoch
    this.#withoutPast.clear()
    const { doc } = this.#options
    if (doc.store.clients.size === 0 && isComplete(doc)) this.#enter({ epoch: named(epoch) })
  }

  /** A member that is in the later epoch does not know what that began with. */
  lacksPast(id: string): void {
    this.#withoutPast.add(id)
  }

  /** Whether it is hopeless to wait for what the later epoch began with. @param holders members that are in it */
  isMissed(holders: readonly string[]): boolean {
    if (!this.#later) return false
    const number = this.current?.number ?? 0
    const isReachable = this.#later.number === number + 1 || this.#later.number === number
    return !isReachable || holders.every(id => this.#withoutPast.has(id))
  }

  /** Begins the next epoch with the document as it is. */
  begin(): void {
    const { doc } = this.#options
    const [epoch, parent] = [this.next(), this.current ?? firstEpoch]
    const updates = [Y.encodeStateAsUpdate(doc)]
    compactBase(doc, epoch)
    this.#options.replaced()
    this.#enter({ epoch, past: { parent, updates } })
  }

  /** An update of what the later epoch began with. @returns whether it is not too much */
  gather(from: string, update: Uint8Array, maxBytes: number): boolean {
    if (this.#gathered?.from !== from) this.#gathered = { from, updates: [], bytes: 0 }
    this.#gathered.bytes += update.length
    if (this.#gathered.bytes > maxBytes || !isUpdate(update, maxPastParts)) {
      this.#gathered = undefined
      return false
    }
    this.#gathered.updates.push(update)
    return true
  }

  /** All of it has come. @returns whether the epoch was entered: if not, nothing was changed */
  enterGathered(from: string, epoch: EpochName): boolean {
    const gathered = this.#gathered
    this.#gathered = undefined
    return gathered?.from === from && this.enter(epoch, gathered.updates)
  }

  /**
   * Enters the epoch of another member, with everything that this replica has.
   *
   * @param updates what the epoch began with, from somebody else
   * @returns whether that is so: if not, nothing was changed
   */
  enter(name: EpochName, updates: readonly Uint8Array[]): boolean {
    const { doc, origin, replaced } = this.#options
    const base = docOf(updates)
    const epoch = named(name)
    const digest = new DocumentDigest(base).hash()
    const begun = (parent: Epoch | undefined) =>
      parent && isSameEpoch(nextEpoch(parent, digest), epoch) ? parent : undefined
    const current = this.current ?? firstEpoch
    const past = this.#lineage?.past
    const parent = begun(current) ?? begun(past?.parent)
    if (!parent) return false
    const isSibling = parent !== current && past !== undefined
    if (!isComplete(doc)) dropWaiting(doc)
    if (isSibling) this.#replaceWith(undoEpoch(doc, docOf(past.updates), current))
    rebase({ doc, base, epoch, origin, compacted: replaced })
    replaced()
    this.#enter({ epoch, past: { parent, updates } })
    return true
  }

  /** Empties the document, and puts it into no epoch. */
  giveUp(): void {
    const { replaced, changed } = this.#options
    this.#empty()
    this.#lineage = undefined
    this.#later = undefined
    replaced()
    changed(undefined)
  }

  /** The app sees everything go, and come again. */
  #replaceWith(other: Y.Doc): void {
    const { doc, origin, replaced } = this.#options
    this.#empty()
    replaced()
    applyUpdate(doc, Y.encodeStateAsUpdate(other), origin)
  }

  #empty(): void {
    const { doc, origin } = this.#options
    const ranges = [...rangesBeyond(doc, new Map())].sort((a, b) => b.client - a.client)
    applyUpdate(doc, encodeDeletions(ranges.map(({ client, ...range }) => [client, [range]])), origin)
    compact(doc, [], 0)
  }

  #enter(lineage: Lineage): void {
    this.#lineage = lineage
    this.#withoutPast.clear()
    if (this.#later && !isLaterEpoch(this.#later, lineage.epoch)) this.#later = undefined
    this.#options.changed(lineage)
  }
}

function isComplete({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null
}

function dropWaiting({ store }: Y.Doc): void {
  store.pendingStructs = null
  store.pendingDs = null
}
