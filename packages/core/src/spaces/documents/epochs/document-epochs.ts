/**
 * Document epochs: in which epoch one replica of a document is, and how the replica moves into another epoch.
 *
 * A replica is in no epoch until its first exchange with another replica. The content of the replica until then depends on
 * nothing that other members have, so the replica can enter any epoch. Invariants:
 * 1. Replicas exchange updates only within one epoch.
 * 2. A replica loses nothing when it enters an epoch: the base of the epoch contains its content, or the
 *    replica translates its content to the ids of the epoch.
 * 3. If that is impossible because no member has the base of the epoch, the app gets the whole replica as an update.
 */
import * as Y from 'yjs'
import type { EpochName } from '../../../wire/epoch-name.ts'
import { applyUpdate, dropPending, isComplete, type ReportError } from '../apply-update.ts'
import { DocumentDigest } from '../document-digest.ts'
import { isReadable } from '../readable-updates.ts'
import { compact } from './document-compaction.ts'
import { type Epoch, firstEpoch, isLaterEpoch, isSameEpoch, named, nextEpoch, type Past } from './epoch.ts'
import { clientIdOf, stateOf } from './id-map.ts'
import { LaterEpoch } from './later-epoch.ts'
import { broughtInto, compactBase, docOf, erase, rebase, undoEpoch } from './rebase.ts'
import { retainedRuns } from './retained-runs.ts'

/** The epoch of a replica, and the document at the start of the epoch, if this member has it. */
export interface Lineage {
  readonly epoch: Epoch
  readonly past?: Past | undefined
}

export interface DocumentEpochsOptions {
  readonly doc: Y.Doc
  /** Origin of the transactions that change the document. */
  readonly origin: unknown
  readonly lineage: Lineage | undefined
  /** If true, nothing may be written under the client id of the document. */
  readonly isCarried: boolean
  /** Receives errors that the app's observers throw. */
  readonly reportError: ReportError
  /** The present digest of the document. */
  readonly hash: () => Uint8Array
  /** Whether what is pending has been pending for so long that it delays no epoch. The next epoch drops it. */
  readonly isPendingOld: () => boolean
  /**
   * All content of the document has new ids, so references to the old ids are invalid. The document also needs a new
   * client id. Otherwise its next insertions would get ids that this replica used before for other content, and old
   * references would point to the new content.
   */
  readonly replaced: () => void
  /** The replica is in no epoch, and it has sent content to other members or received content from them. */
  readonly shared: () => void
  /** The replica is in another epoch, or in none. */
  readonly changed: (lineage: Lineage | undefined) => void
}

/**
 * Maximum number of translations per epoch. Our choice: each translation costs time for the whole document,
 * and few updates are in transit when an epoch begins.
 */
const maxTranslations = 32

export class DocumentEpochs {
  /** The later epoch in which other members are. */
  readonly later: LaterEpoch = new LaterEpoch()
  readonly #options: DocumentEpochsOptions
  #lineage: Lineage | undefined
  #isShared = false
  /** Number of translations since the present epoch began. */
  #translations = 0
  #generation = 0

  constructor(options: DocumentEpochsOptions) {
    this.#options = options
    this.#lineage = options.lineage
  }

  get lineage(): Lineage | undefined {
    return this.#lineage
  }

  /** The epoch of the replica; undefined: the replica is in no epoch yet. */
  get current(): Epoch | undefined {
    return this.#lineage?.epoch
  }

  /**
   * Whether another observer receives the document's updates, perhaps for another store or network. If so, ids must
   * not change.
   */
  get areIdsFollowed(): boolean {
    const { _observers: observers } = this.#options.doc
    return observers.has('update') || observers.has('updateV2')
  }

  /** Number of times that the document got new ids. */
  get generation(): number {
    return this.#generation
  }

  /** Whether a transaction is open. If so, ids must not change. */
  get isChanging(): boolean {
    const { doc } = this.#options
    return doc._transaction !== null || doc._transactionCleanups.length > 0
  }

  get mayBegin(): boolean {
    return !this.areIdsFollowed && !this.isChanging && this.#isSettled
  }

  /** Whether nothing is pending for which waiting is useful. */
  get #isSettled(): boolean {
    const { doc, isPendingOld } = this.#options
    return isComplete(doc) || isPendingOld()
  }

  /** The epoch that would begin now. */
  next(): Epoch {
    return nextEpoch(this.current ?? firstEpoch, this.#options.hash())
  }

  /** Puts a replica that is in no epoch into this epoch, without changing the document. */
  moveTo(epoch: EpochName): void {
    if (!this.#lineage) this.#enter({ epoch: named(epoch) })
  }

  /** Content of the replica is sent to other members, or content of others enters it, while it may be in no epoch. */
  markShared(): void {
    if (this.#lineage || this.#isShared) return
    this.#isShared = true
    this.#options.shared()
  }

  /**
   * The replica is disconnected from now on. Content that it shared while in no epoch may be part of the base of a later
   * epoch. The replica enters the first epoch, so that this content is not inserted twice.
   */
  disconnected(): void {
    if (this.#isShared) this.moveTo(firstEpoch)
  }

  /** Updates that are encoded one by one, until the document gets new ids. */
  *whileIn(updates: Iterator<Uint8Array, void, undefined>): Generator<Uint8Array, void, undefined> {
    const generation = this.#generation
    while (generation === this.#generation) {
      const { value } = updates.next()
      if (!value) return
      yield value
    }
  }

  /** Another member is in this epoch. An empty replica enters the epoch if it is a later one. */
  observed(epoch: EpochName): void {
    const known = this.later.name ?? this.current
    if (!known || !isLaterEpoch(epoch, known)) return
    this.later.set(epoch)
    const { doc } = this.#options
    if (doc.store.clients.size > 0 || !this.#isSettled) return
    // What is pending has ids from before the epoch.
    dropPending(doc)
    this.#enter({ epoch: named(epoch) })
  }

  /** Whether no member can provide the base of the later epoch. @param holders members that are in it */
  isPastMissing(holders: readonly string[]): boolean {
    return this.later.isPastMissing(holders, this.current?.number ?? 0)
  }

  /**
   * Translates an update that was in transit when the present epoch began.
   *
   * @returns updates within the present epoch; none if the update is of another epoch
   */
  translated(epoch: EpochName, update: Uint8Array): readonly Uint8Array[] {
    const { past, epoch: current } = this.#lineage ?? {}
    const isRecent = this.#translations < maxTranslations && isReadable(update)
    if (!past || !current || !isRecent || !isSameEpoch(epoch, past.parent)) return []
    this.#translations += 1
    try {
      return broughtInto(current, past, update) ?? []
    } catch {
      // Yjs cannot apply the foreign update.
      return []
    }
  }

  /** Begins the next epoch with the present document. */
  begin(): void {
    const { doc } = this.#options
    const [epoch, parent] = [this.next(), this.current ?? firstEpoch]
    const updates = [Y.encodeStateAsUpdate(doc)]
    compactBase(doc, epoch)
    this.#replaced()
    this.#enter({ epoch, past: { parent, updates } })
  }

  /** The whole base has arrived. @returns whether the epoch was entered; if not, nothing was changed */
  enterGathered(from: string, epoch: EpochName): boolean {
    const updates = this.later.takeGathered(from)
    return updates !== undefined && this.enterEpoch(epoch, updates)
  }

  /**
   * Enters the epoch of another member with the whole content of this replica.
   *
   * @param updates the base of the epoch, from another member
   * @returns whether the updates are the base of the epoch; if not, nothing was changed
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

  /** Empties the document and puts it into no epoch. */
  discardReplica(): void {
    this.#empty()
    this.#isShared = false
    this.#lineage = undefined
    this.later.set(undefined)
    this.#options.changed(undefined)
  }

  /** The app sees all content disappear and reappear. */
  #replaceWith(other: Y.Doc): void {
    const { doc, origin, reportError } = this.#options
    this.#empty()
    applyUpdate(doc, Y.encodeStateAsUpdate(other), origin, reportError)
  }

  /** Only content that the app's observers write in response remains. */
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
    const { name } = this.later
    this.later.set(name && isLaterEpoch(name, lineage.epoch) ? name : undefined)
    this.#options.changed(lineage)
  }
}

/** @returns undefined: Yjs cannot apply these foreign updates */
function docFrom(updates: readonly Uint8Array[]): Y.Doc | undefined {
  try {
    return docOf(updates)
  } catch {
    return undefined
  }
}
