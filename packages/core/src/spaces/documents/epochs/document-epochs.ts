/**
 * Document epochs: in which epoch one replica of a document is, and how it gets into another one.
 *
 * A replica is in no epoch until it has exchanged something: what was written into it until then builds on nothing that
 * others hold, so it fits every epoch that the others may be in. Invariants:
 * 1. Replicas exchange updates only within one epoch.
 * 2. Nothing of a replica is dropped when it enters an epoch: it is part of what the epoch began with, or translated.
 * 3. Where that is impossible, because what the epoch began with cannot be had, the replica is handed over as a whole.
 */
import * as Y from 'yjs'
import type { EpochName } from '../../../wire/epoch-name.ts'
import { applyUpdate, type ReportError } from '../apply-update.ts'
import { DocumentDigest } from '../document-digest.ts'
import { dropPending, isComplete } from '../pending-structs.ts'
import { isReadable, isUpdate } from '../readable-updates.ts'
import { compact } from './compaction.ts'
import { type Epoch, firstEpoch, isLaterEpoch, isSameEpoch, named, nextEpoch, type Past } from './epoch.ts'
import { clientIdOf, stateOf } from './id-map.ts'
import { broughtInto, compactBase, docOf, erase, rebase, undoEpoch } from './rebase.ts'
import { retainedRuns } from './retained-runs.ts'

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
  /** Nothing may be written under the client id of the document. */
  readonly isCarried: boolean
  /** Takes what the app's observers throw. */
  readonly reportError: ReportError
  /** The digest of the document as it is. */
  readonly hash: () => Uint8Array
  /**
   * The document has other ids: whatever was remembered of the old ones is void. It needs a new client id, or what
   * somebody remembers of its own would be about something else soon.
   */
  readonly replaced: () => void
  /** The replica is in no epoch, and something of it is elsewhere, or of others is in it. */
  readonly shared: () => void
  /** The replica is in another epoch, or in none. */
  readonly changed: (lineage: Lineage | undefined) => void
}

/** Structs and deletions of what an epoch began with: of four million clients, about. */
const maxPastParts = 16_777_216
/** Our choice: each costs as much as the document is long, and few are on their way when an epoch begins. */
const maxTranslations = 32

export class DocumentEpochs {
  readonly #options: DocumentEpochsOptions
  #lineage: Lineage | undefined
  #laterEpoch: EpochName | undefined
  readonly #withoutPast = new Set<string>()
  #isShared = false
  /** Since the present epoch began. */
  #translations = 0
  #generation = 0
  /** What comes of the past of the later epoch, from the one member that was asked for it. */
  #gathering: { readonly from: string; readonly updates: Uint8Array[]; bytes: number } | undefined

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
    return this.#laterEpoch
  }

  /** Something else takes the document's updates, perhaps to another store or another network: ids must stay. */
  get areIdsFollowed(): boolean {
    const { _observers: observers } = this.#options.doc
    return observers.has('update') || observers.has('updateV2')
  }

  /** Counts how often the document got other ids. */
  get generation(): number {
    return this.#generation
  }

  /** A transaction is open: ids must stay. */
  get isChanging(): boolean {
    const { doc } = this.#options
    return doc._transaction !== null || doc._transactionCleanups.length > 0
  }

  get mayBegin(): boolean {
    return !this.areIdsFollowed && !this.isChanging && isComplete(this.#options.doc)
  }

  /** The epoch that would begin now. */
  next(): Epoch {
    return nextEpoch(this.current ?? firstEpoch, this.#options.hash())
  }

  /** Puts a replica that was in no epoch into this one, as it is. */
  moveTo(epoch: EpochName): void {
    if (!this.#lineage) this.#enter({ epoch: named(epoch) })
  }

  /** Something of the replica goes to others, or of others into it, and it may be in no epoch yet. */
  markShared(): void {
    if (this.#lineage || this.#isShared) return
    this.#isShared = true
    this.#options.shared()
  }

  /**
   * The replica is away from now on. What it shared while it was in no epoch may be part of what a later epoch begins
   * with. The replica is put into the first epoch, so that this content does not come twice.
   */
  disconnected(): void {
    if (this.#isShared) this.moveTo(firstEpoch)
  }

  /** Updates that are encoded one by one: none after the document got other ids. */
  *whileIn(updates: Iterator<Uint8Array, void, undefined>): Generator<Uint8Array, void, undefined> {
    const generation = this.#generation
    while (generation === this.#generation) {
      const { value } = updates.next()
      if (!value) return
      yield value
    }
  }

  /** Another member is in this epoch. A replica that is empty enters it, if it is a later one. */
  observed(epoch: EpochName): void {
    const known = this.#laterEpoch ?? this.current
    if (!known || !isLaterEpoch(epoch, known)) return
    this.#setLater(epoch)
    const { doc } = this.#options
    if (doc.store.clients.size === 0 && isComplete(doc)) this.#enter({ epoch: named(epoch) })
  }

  /** Nobody is in the later epoch any more. */
  clearLater(): void {
    this.#setLater(undefined)
  }

  #setLater(epoch: EpochName | undefined): void {
    this.#laterEpoch = epoch
    this.#withoutPast.clear()
    this.#gathering = undefined
  }

  /** A member that is in the later epoch does not know what that began with, or sends something else. */
  cannotProvidePast(id: string): void {
    this.#withoutPast.add(id)
    if (this.#gathering?.from === id) this.#gathering = undefined
  }

  /** It need not be asked again. */
  isWithoutPast(id: string): boolean {
    return this.#withoutPast.has(id)
  }

  /** Whether it is hopeless to wait for what the later epoch began with. @param holders members that are in it */
  isPastMissing(holders: readonly string[]): boolean {
    if (!this.#laterEpoch) return false
    const number = this.current?.number ?? 0
    const isReachable = this.#laterEpoch.number === number + 1 || this.#laterEpoch.number === number
    return !isReachable || holders.every(id => this.#withoutPast.has(id))
  }

  /** An update that was on its way when the present epoch began, as updates within it; none: it was another one's. */
  translated(epoch: EpochName, update: Uint8Array): readonly Uint8Array[] {
    const { past, epoch: current } = this.#lineage ?? {}
    const isRecent = this.#translations < maxTranslations && isReadable(update)
    if (!past || !current || !isRecent || !isSameEpoch(epoch, past.parent)) return []
    this.#translations += 1
    try {
      return broughtInto(current, past, update) ?? []
    } catch {
      // Yjs cannot apply what somebody else sent.
      return []
    }
  }

  /** Begins the next epoch with the document as it is. */
  begin(): void {
    const { doc } = this.#options
    const [epoch, parent] = [this.next(), this.current ?? firstEpoch]
    const updates = [Y.encodeStateAsUpdate(doc)]
    compactBase(doc, epoch)
    this.#replaced()
    this.#enter({ epoch, past: { parent, updates } })
  }

  /** This member is asked for what the later epoch began with. */
  beginGathering(from: string): void {
    this.#gathering = { from, updates: [], bytes: 0 }
  }

  /** An update of what the later epoch began with. @returns whether it can be read and is not too much */
  addPastUpdate(from: string, update: Uint8Array, maxBytes: number): boolean {
    const gathered = this.#gathering
    if (
      gathered?.from !== from ||
      gathered.bytes + update.length > maxBytes ||
      !isUpdate(update, maxPastParts)
    )
      return false
    gathered.bytes += update.length
    gathered.updates.push(update)
    return true
  }

  /** All of it has come. @returns whether the epoch was entered: if not, nothing was changed */
  enterGathered(from: string, epoch: EpochName): boolean {
    const gathered = this.#gathering
    this.#gathering = undefined
    return gathered?.from === from && this.enterEpoch(epoch, gathered.updates)
  }

  /**
   * Enters the epoch of another member, with everything that this replica has.
   *
   * @param updates what the epoch began with, from somebody else
   * @returns whether that is so: if not, nothing was changed
   */
  enterEpoch(name: EpochName, updates: readonly Uint8Array[]): boolean {
    const { doc, origin, isCarried, reportError } = this.#options
    const base = docFrom(updates)
    if (!base) return false
    const epoch = named(name)
    const digest = new DocumentDigest(base).hash()
    const begun = (parent: Epoch | undefined) =>
      parent && isSameEpoch(nextEpoch(parent, digest), epoch) ? parent : undefined
    const current = this.current ?? firstEpoch
    const past = this.#lineage?.past
    const parent = begun(current) ?? begun(past?.parent)
    if (!parent) return false
    const ownBase = parent === current ? undefined : docOf(past?.updates ?? [])
    if (!isComplete(doc)) dropPending(doc)
    if (ownBase) this.#replaceWith(undoEpoch({ doc, base: ownBase, epoch: current, isCarried }))
    const compacted = () => this.#replaced()
    if (!rebase({ doc, base, epoch, origin, isCarried, compacted, reportError })) return false
    this.#replaced()
    this.#enter({ epoch, past: { parent, updates } })
    return true
  }

  /** Empties the document, and puts it into no epoch. */
  abandonGathering(): void {
    this.#empty()
    this.#isShared = false
    this.#lineage = undefined
    this.#setLater(undefined)
    this.#options.changed(undefined)
  }

  /** The app sees everything go, and come again. */
  #replaceWith(other: Y.Doc): void {
    const { doc, origin, reportError } = this.#options
    this.#empty()
    applyUpdate(doc, Y.encodeStateAsUpdate(other), origin, reportError)
  }

  /** Only what the app's observers write in return stays. */
  #empty(): void {
    const { doc, origin, reportError } = this.#options
    const state = stateOf(doc)
    erase(doc, new Map(), origin, reportError)
    const written = retainedRuns(doc).flatMap(({ client, clock, len }) => {
      const from = Math.max(clock, state.get(client) ?? 0)
      return from < clock + len ? [{ client, clock: from, len: clock + len - from }] : []
    })
    compact(doc, written, clientIdOf((this.current ?? firstEpoch).id, `emptied by ${doc.clientID}`))
    this.#replaced()
  }

  #replaced(): void {
    this.#generation += 1
    this.#options.replaced()
  }

  #enter(lineage: Lineage): void {
    this.#lineage = lineage
    this.#translations = 0
    this.#setLater(
      this.#laterEpoch && isLaterEpoch(this.#laterEpoch, lineage.epoch) ? this.#laterEpoch : undefined,
    )
    this.#options.changed(lineage)
  }
}

/** Undefined: somebody else sent them, and Yjs cannot apply them. */
function docFrom(updates: readonly Uint8Array[]): Y.Doc | undefined {
  try {
    return docOf(updates)
  } catch {
    return undefined
  }
}
