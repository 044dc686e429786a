/**
 * Signed provider: synchronises one document of a room with writers.
 *
 * - A local change leaves this process only as a signed update, and only if this member is a writer. Changes by a reader
 *   stay in its replica: the provider reports them, and does not store them.
 * - Only updates of writers are applied, with the provider as the origin of the transaction.
 * - Local changes are merged and signed at once, then at most every 50 ms. From time to time the update is the whole
 *   document: a checkpoint, which replaces the updates before it.
 */
import * as Y from 'yjs'
import { NotRunningError, StorageError } from '../api/errors.ts'
import { callApp, reportAppError } from '../runtime/app-calls.ts'
import { Throttle } from '../runtime/throttle.ts'
import type { SignedDocument } from '../signed-documents/signed-document.ts'
import {
  applyUpdates,
  encodeWithoutPending,
  isAppliedBy,
  isComplete,
} from '../spaces/documents/apply-update.ts'
import { changedClients } from '../spaces/documents/changed-clients.ts'
import type { WriterList } from '../spaces/writer-rule.ts'
import * as limits from '../wire/limits.ts'
import { AwareProvider } from './aware-provider.ts'
import {
  type CollectedTransaction,
  DocumentChanges,
  openTransaction,
  type TransactionOrigin,
} from './document-changes.ts'
import type { DocumentHost } from './document-host.ts'
import { type Seed, seedUpdate } from './document-seed.ts'
import { collectTransactions } from './isolated-observers.ts'
import type { DocumentOwner, OwnedProvider, OwnedProviderOptions } from './owned-provider.ts'

/** The part of a room that the provider uses. */
export interface SignedChanges {
  /** Whether this member may write now. */
  readonly canWrite: boolean
  readonly writers: WriterList
  /** Whether this member has all changes. */
  readonly isSynced: boolean
  document(name: string): SignedDocument
  /** Whether an update of this length fits into what members store of a room. */
  hasSpaceFor(bytes: number, isCheckpoint: boolean): boolean
  /** Signs and publishes an update. */
  publish(document: string, update: Uint8Array, isCheckpoint: boolean): void
  /** The provider receives the updates of the document from now on. @throws {NotRunningError} the room was left */
  open(name: string, provider: SignedProvider): void
  /** The provider receives no more updates. */
  closed(name: string): void
  /** Resolves when all changes so far are stored. @throws {StorageError} */
  stored(): Promise<void>
}

/** Our choice: the interval of presence. */
const updateIntervalMs = 50
/** Updates are pending for this long before all are applied again. Our choice: rumors overtake each other by less. */
const pendingMs = 500
/** While the document is too large, it is encoded as a whole at each attempt. */
const oversizedIntervalMs = 1_000
/** Changes with more bytes are published only if the whole document is within its limit. */
const largeBytes = 262_144
/** Bytes of the longest update that is not a checkpoint, unless a single value is longer. */
const maxUpdateBytes = 1_048_576
/** Stored changes may have this many times the limit of a document before a checkpoint has to replace them. */
const storedFactor = 1.5

export class SignedProvider extends AwareProvider implements OwnedProvider {
  readonly superseded: readonly Uint8Array[] = []
  readonly #name: string
  readonly #host: DocumentHost
  readonly #owner: DocumentOwner
  readonly #changes: SignedChanges
  readonly #send: Throttle
  /** Local changes that are not published. */
  readonly #local: DocumentChanges
  #seed: Seed | undefined
  /** The document is too large: its local changes are neither published nor stored. */
  #isOversized = false
  /** Updates that arrived in this step. */
  #arrived: Uint8Array[] = []
  #cancelApplying: (() => void) | undefined

  constructor({ name, doc, seed, host, owner }: OwnedProviderOptions, changes: SignedChanges) {
    super(name, doc, host)
    this.#name = name
    this.#host = host
    this.#owner = owner
    this.#changes = changes
    this.#seed = seed
    this.#local = new DocumentChanges(doc)
    this.#send = new Throttle(
      host.clock,
      () => (this.#isOversized ? oversizedIntervalMs : updateIntervalMs),
      () => this.#step(() => this.#sendLocal()),
    )
    collectTransactions(doc, transaction => this.#collect(transaction))
    doc.on('afterAllTransactions', (_, transactions) => {
      if (transactions.some(each => !isAppliedBy(this, each) && hasChanges(each)))
        this.#step(() => this.#send.request())
    })
    doc.on('destroy', () => this.#destroyed())
    this.connect()
  }

  get canWrite(): boolean {
    return this.#changes.canWrite
  }

  connect(): void {
    if (this.status === 'connected') return
    if (this.doc.isDestroyed) throw new NotRunningError('the document was destroyed: open it again')
    this.#step(() => {
      this.#changes.open(this.#name, this)
      this.#applyAll()
      this.setStatus('connected')
      this.publishAwareness()
      this.stepped()
      if (this.#isPending) this.#send.request()
    })
  }

  disconnect(): void {
    if (this.status === 'disconnected') return
    this.#step(() => {
      this.flush()
      this.withdrawAwareness()
      this.#changes.closed(this.#name)
      this.setStatus('disconnected')
      this.setSynced(false)
      this.presenceChanged()
    })
  }

  override destroy(): void {
    this.doc.destroy()
  }

  async stored(): Promise<void> {
    this.flush()
    if (this.#isPending) throw this.#unpublishedError()
    await this.#changes.stored()
  }

  /** Signs and publishes pending changes at once. */
  flush(): void {
    const open = openTransaction(this.doc)
    if (open) this.#collect(open)
    if (this.canWrite) {
      this.#send.stop()
      this.#step(() => this.#sendLocal())
    } else this.#send.flush()
  }

  discardSuperseded(): void {}

  supersede(): void {}

  reportCollision(): void {}

  stepped(): void {
    if (this.status !== 'connected') return
    const arrived = this.#arrived
    this.#arrived = []
    applyUpdates(this.doc, arrived, this, reportAppError)
    if (!isComplete(this.doc)) this.#applyAllLater()
    this.setSynced(this.#changes.isSynced)
    if (this.#changes.isSynced) this.#runSeed()
  }

  /** An update of a writer has arrived. `stepped` applies those of a step as one: a newcomer receives thousands at once. */
  received(update: Uint8Array): void {
    this.#arrived.push(update)
  }

  /** Applies all changes as one update. */
  #applyAll(): void {
    this.#arrived = []
    applyUpdates(this.doc, [...this.#changes.document(this.#name).updates()], this, reportAppError)
  }

  /**
   * If updates arrive in another order than they were written, Yjs keeps them pending. Yjs keeps a few of these updates pending
   * for ever, even if all have arrived, and applies them only when it receives all updates again.
   */
  #applyAllLater(): void {
    const { clock } = this.#host
    this.#cancelApplying ??= clock.setTimer(clock.now().monotonicMs + pendingMs, () => {
      this.#cancelApplying = undefined
      if (this.status === 'connected' && !isComplete(this.doc)) this.#step(() => this.#applyAll())
    })
  }

  #collect(transaction: CollectedTransaction & TransactionOrigin): void {
    if (!isAppliedBy(this, transaction)) this.#local.collect(transaction)
  }

  #sendLocal(): void {
    if (this.status !== 'connected' || !this.#isPending) return
    // Changes by a reader stay pending: later changes of this document depend on them.
    if (!this.canWrite) this.refuse()
    else if (this.#isOversized) this.#publishWhole()
    else this.#publishChanges()
  }

  #publishChanges(): void {
    const { maxChangeBytes, maxSignedDocumentBytes } = limits
    const signed = this.#changes.document(this.#name)
    const updates = [...iterated(this.#local.take(maxChangeBytes, maxUpdateBytes))]
    const bytes = updates.reduce((sum, { length }) => sum + length, 0)
    const storedBytes = signed.bytes + bytes
    const isLong =
      storedBytes > storedFactor * maxSignedDocumentBytes ||
      (bytes > largeBytes && storedBytes > maxSignedDocumentBytes)
    if (signed.isCheckpointDue || isLong || !this.#changes.hasSpaceFor(bytes, false)) this.#publishWhole()
    else for (const update of updates) this.#changes.publish(this.#name, update, false)
  }

  #publishWhole(): void {
    const whole = encodeWithoutPending(this.doc)
    const bytes = whole.length
    const maxBytes = limits.maxSignedDocumentBytes
    if (bytes > maxBytes || !this.#changes.hasSpaceFor(bytes, true)) {
      if (!this.#isOversized) this.notify('too-large', [{ bytes, maxBytes }])
      this.#isOversized = true
      return
    }
    this.#isOversized = false
    this.#local.clear()
    this.#changes.publish(this.#name, whole, true)
  }

  #runSeed(): void {
    const seed = this.#seed
    this.#seed = undefined
    const isEmpty = this.doc.store.clients.size === 0 && this.#changes.document(this.#name).isEmpty
    // An error that the seed throws is reported, and the document stays empty.
    if (seed && isEmpty && this.canWrite) callApp(() => Y.applyUpdate(this.doc, seedUpdate(seed), 'seed'))
  }

  /** Whether the document has local changes that are not published. */
  get #isPending(): boolean {
    return this.#isOversized || !this.#local.isEmpty
  }

  #destroyed(): void {
    this.#step(() => {
      this.disconnect()
      this.#send.stop()
      this.#cancelApplying?.()
      this.#owner.destroyed(this.#name)
      // Destroy the provider only after the event that announces the disconnection.
      this.#host.notifications.event(() => super.destroy())
    })
  }

  protected override get writers(): WriterList {
    return this.#changes.writers
  }

  #unpublishedError(): Error {
    if (!this.canWrite) return this.notAllowedError()
    if (this.#isOversized)
      return new StorageError(
        `the document has more than ${limits.maxSignedDocumentBytes} bytes: divide its content among several documents`,
      )
    return new NotRunningError('the document is disconnected: connect it, so that its changes are signed')
  }

  #step<T>(act: () => T): T {
    return this.#host.notifications.step(act)
  }
}

function hasChanges(transaction: Y.Transaction): boolean {
  return transaction.deleteSet.clients.size > 0 || changedClients(transaction).length > 0
}

function iterated<T>(iterator: Iterator<T, void, undefined>): Iterable<T> {
  return { [Symbol.iterator]: () => iterator }
}
