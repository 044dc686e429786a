/**
 * Document writer: sends the local changes of one document, and stores local and foreign changes.
 *
 * - Local changes are merged and sent at once, then at most every 50 ms: as a rumor if they fit and few clients wrote them,
 *   otherwise as a stream to each connected member that holds the document.
 * - A long change is encoded in slices of 8 ms, so that it does not block other work.
 * - Changes are stored as long as this member is in the room, and sent as long as the provider is connected.
 */
import { NotRunningError } from '../api/errors.ts'
import type { Provider } from '../api/room-document.ts'
import { Throttle } from '../runtime/throttle.ts'
import { isAppliedBy } from '../spaces/documents/apply-update.ts'
import { streamedChunks } from '../spaces/documents/chunk-sizes.ts'
import { maxPublishedClients } from '../spaces/documents/client-rates.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { SharedUpdates } from '../spaces/documents/shared-updates.ts'
import type { UpdateLog } from '../storage/update-log.ts'
import * as limits from '../wire/limits.ts'
import {
  type CollectedTransaction,
  DocumentChanges,
  openTransaction,
  type TransactionOrigin,
} from './document-changes.ts'
import type { DocumentHost } from './document-host.ts'

export interface DocumentWriterOptions {
  /** The origin of transactions that apply foreign updates. */
  readonly provider: Pick<Provider, 'status'>
  readonly host: DocumentHost
  readonly sync: DocumentSync
  /** The origin of transactions that apply stored updates. */
  readonly log: UpdateLog
}

/** Our choice: the interval of presence. */
const updateIntervalMs = 50
/** Maximum bytes of an update in a rumor. The payload of the fact also contains the document's name and the epoch. */
export const maxPublishedBytes: number = limits.maxPayloadBytes - limits.maxDocumentNameBytes - 40
const { maxBytes, growTo } = streamedChunks
/** Duration of one slice of encoding. Other work runs between slices. */
const sliceMs = 8

export class DocumentWriter {
  readonly #provider: DocumentWriterOptions['provider']
  readonly #host: DocumentHost
  readonly #sync: DocumentSync
  readonly #log: UpdateLog
  readonly #send: Throttle
  /** Local changes that are neither sent nor stored yet. */
  readonly #local: DocumentChanges
  /** Foreign changes that are not stored yet, because they arrived before changes that they depend on. */
  readonly #foreign: DocumentChanges
  /** Changes of the foreign update that is being applied. */
  readonly #applying: DocumentChanges
  /** The structs and deletions that were pending after the last transaction. */
  #pending: readonly unknown[] = []
  /** The app applied an update that is pending, and that is not stored yet. */
  #hasLocalPending = false
  /** A promise that resolves when all updates so far are in the log. */
  #storing: Promise<void> = Promise.resolve()
  /** For each long change that is not yet in the log as a whole: stores the rest of it. */
  readonly #unfinished = new Set<() => void>()
  /** Changes were dropped, because the room was left or the document was destroyed before them. */
  #isUnstored = false

  constructor({ provider, host, sync, log }: DocumentWriterOptions) {
    this.#provider = provider
    this.#host = host
    this.#sync = sync
    this.#log = log
    this.#local = new DocumentChanges(sync.doc)
    this.#foreign = new DocumentChanges(sync.doc)
    this.#applying = new DocumentChanges(sync.doc)
    this.#send = new Throttle(
      host.clock,
      () => updateIntervalMs,
      () => this.#sendLocal(),
    )
  }

  get hasLocalChanges(): boolean {
    return !this.#local.isEmpty
  }

  get hasLocalPending(): boolean {
    return this.#hasLocalPending
  }

  /** @param transaction Yjs has not called its observers yet: one of them may destroy the document, or leave the room */
  collect(transaction: CollectedTransaction & TransactionOrigin): void {
    const { pendingStructs, pendingDs } = this.#sync.doc.store
    const before = this.#pending
    this.#pending = [pendingStructs?.update, pendingDs]
    if (transaction.origin === this.#log) return
    if (isAppliedBy(this.#provider, transaction)) this.#applying.collect(transaction)
    else {
      this.#local.collect(transaction)
      if (this.#pending.some((each, i) => each && each !== before[i])) this.#hasLocalPending = true
    }
  }

  /** Sends and stores pending changes, now or at the end of the interval. */
  sendSoon(): void {
    this.#send.request()
  }

  /** Sends and stores pending local changes at once, those of an open transaction included. */
  flushLocal(): void {
    const open = openTransaction(this.#sync.doc)
    if (open) this.collect(open)
    if (this.hasLocalChanges || this.#hasLocalPending) this.#send.request()
    this.#send.flush()
  }

  /** Stores the rest of long changes at once, because nothing can be stored afterwards. */
  finishStoring(): void {
    for (const finish of [...this.#unfinished]) finish()
  }

  /** Stores pending foreign changes at once. */
  flushForeign(): void {
    if (!this.#foreign.isEmpty) this.#store(new SharedUpdates(this.#foreign.take(maxBytes, growTo)))
  }

  /** Resolves when the changes so far are stored. @throws {StorageError} @throws {NotRunningError} */
  async stored(): Promise<void> {
    if (this.#isUnstored) throw new NotRunningError('the document was closed: later changes are not stored')
    await this.#storing
    await this.#log.stored()
  }

  /** A foreign update was applied. @param update undefined: only a part of the update was applied, or pending ones, too */
  applied(update: Uint8Array | undefined): void {
    if (update) {
      this.#applying.clear()
      if (this.#host.isOpen()) this.#log.append(update)
    } else {
      this.#foreign.add(this.#applying)
      if (!this.#foreign.isEmpty) this.sendSoon()
    }
  }

  /** Drops all pending changes, because they refer to ids that the document no longer has. */
  clear(): void {
    for (const changes of [this.#local, this.#foreign, this.#applying]) changes.clear()
    this.#hasLocalPending = false
  }

  #sendLocal(): void {
    this.flushForeign()
    this.#storePending()
    // The changes of a reader stay here, because later changes of this document depend on them.
    if (this.#local.isEmpty || !this.#host.canWrite) return
    const { clients } = this.#local
    const updates = new SharedUpdates(this.#local.take(maxBytes, growTo))
    const [first, second] = [updates.at(0), updates.at(1)]
    if (!first) return
    this.#store(updates)
    if (this.#provider.status !== 'connected') return
    this.#sync.epochs.markShared()
    const isShort = second === undefined && first.length <= maxPublishedBytes
    if (isShort && clients <= maxPublishedClients) this.#host.publish(this.#sync, first)
    else this.#host.push(this.#sync.name, updates)
  }

  /** An update of another member need not be stored while it is pending: its author has stored it, and sends it again. */
  #storePending(): void {
    if (!this.#hasLocalPending || !this.#host.canWrite) return
    this.#hasLocalPending = false
    if (this.#isStoring) this.#log.appendPending()
    else this.#isUnstored = true
  }

  /** The room was not left, and the document was not destroyed. */
  get #isStoring(): boolean {
    return this.#host.isOpen() && this.#log.doc === this.#sync.doc
  }

  #store(updates: SharedUpdates): void {
    if (!this.#isStoring) {
      this.#isUnstored = true
      return
    }
    const { clock } = this.#host
    let index = 0
    const { epochs } = this.#sync
    const { generation } = epochs
    const storeUntil = (untilMs: number): boolean => {
      // Meanwhile the document got new ids and was stored as a whole.
      if (generation !== epochs.generation) return true
      for (let update = updates.at(index); update; update = updates.at(index)) {
        this.#log.append(update)
        index += 1
        if (clock.now().monotonicMs >= untilMs) return updates.at(index) === undefined
      }
      return true
    }
    if (storeUntil(clock.now().monotonicMs + sliceMs)) return
    const rest = new Promise<void>(resolve => {
      const ended = () => {
        this.#unfinished.delete(finish)
        resolve()
      }
      let cancel = () => {}
      const storeNextSlice = () => {
        const nowMs = clock.now().monotonicMs
        if (storeUntil(nowMs + sliceMs)) ended()
        else cancel = clock.setTimer(nowMs, storeNextSlice)
      }
      const finish = () => {
        cancel()
        storeUntil(Number.POSITIVE_INFINITY)
        ended()
      }
      this.#unfinished.add(finish)
      cancel = clock.setTimer(clock.now().monotonicMs, storeNextSlice)
    })
    this.#storing = Promise.all([this.#storing, rest]).then(() => {})
  }
}
