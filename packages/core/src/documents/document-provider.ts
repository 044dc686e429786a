/**
 * Document provider: synchronises one document with a room, and stores it.
 *
 * Local changes are merged and sent at once, then at most every 50 ms: as a rumor if they fit, otherwise as a stream
 * to each connected member that holds the document. Foreign updates are applied with the provider as the origin of the
 * transaction. A long change is encoded in slices of 8 ms, so that it does not block other work.
 */
import { ObservableV2 } from 'lib0/observable'
import * as Y from 'yjs'
import { NotRunningError } from '../api/errors.ts'
import type { Provider, ProviderEvents, ProviderStatus } from '../api/room-document.ts'
import { reportAppError } from '../runtime/app-calls.ts'
import { Throttle } from '../runtime/throttle.ts'
import { DocumentSync } from '../spaces/documents/document-sync.ts'
import type { Lineage } from '../spaces/documents/epochs/document-epochs.ts'
import { firstEpoch } from '../spaces/documents/epochs/epoch.ts'
import { SharedUpdates } from '../spaces/documents/shared-updates.ts'
import { streamedChunks } from '../spaces/documents/update-chunks.ts'
import type { UpdateLog } from '../storage/update-log.ts'
import { limits } from '../wire/limits.ts'
import { DocumentChanges } from './document-changes.ts'
import type { DocumentHost } from './document-host.ts'
import type { Seed } from './document-seed.ts'
import { emitIsolated } from './isolated-observers.ts'
import { type LocalClaim, PresenceAwareness } from './presence-awareness.ts'

/** Stores the provider under the name of its document. */
export interface DocumentOwner {
  /** Draws a client id for the document that no member has used. */
  drawClientId(document: string): void
  destroyed(document: string): void
}

export interface DocumentProviderOptions {
  readonly name: string
  readonly doc: Y.Doc
  readonly seed: Seed | undefined
  readonly host: DocumentHost
  readonly owner: DocumentOwner
}

/** Our choice: the interval of presence. */
const updateIntervalMs = 50
/** Maximum bytes of an update in a rumor. The payload of the fact also contains the document's name. */
const maxPublishedBytes = limits.maxPayloadBytes - limits.maxDocumentNameBytes - 16
const { maxBytes, growTo } = streamedChunks
/** Duration of one slice of encoding. Other work runs between slices. */
const sliceMs = 8

export class DocumentProvider extends ObservableV2<ProviderEvents> implements Provider {
  readonly doc: Y.Doc
  readonly #host: DocumentHost
  readonly #owner: DocumentOwner
  readonly #seed: Seed | undefined
  readonly #sync: DocumentSync
  readonly #send: Throttle
  readonly #log: UpdateLog
  /** Local changes that are neither sent nor stored yet. */
  readonly #local: DocumentChanges
  /** Foreign changes that are not stored yet, because they arrived before changes that they depend on. */
  readonly #foreign: DocumentChanges
  /** Changes of the foreign update that is being applied. */
  readonly #applying: DocumentChanges
  /** A promise that resolves when all updates so far are in the log. */
  #storing: Promise<void> = Promise.resolve()
  #awareness: PresenceAwareness | undefined
  #status: ProviderStatus = 'disconnected'
  #synced = false
  #isTooLarge = false

  constructor({ name, doc, seed, host, owner }: DocumentProviderOptions) {
    super()
    this.doc = doc
    this.#seed = seed
    this.#host = host
    this.#owner = owner
    this.#local = new DocumentChanges(doc)
    this.#foreign = new DocumentChanges(doc)
    this.#applying = new DocumentChanges(doc)
    this.#send = new Throttle(
      host.clock,
      () => updateIntervalMs,
      () => this.#sendLocal(),
    )
    this.#log = host.log(name)
    this.#log.open(doc)
    this.#sync = new DocumentSync({
      name,
      doc,
      origin: this,
      reportError: reportAppError,
      applied: update => this.#onApplied(update),
      reportCollision: memberId => host.collided(name, memberId),
      lineage: this.#log.lineage,
      replaced: () => this.#clearChanges(),
      // Store the first epoch now, because this process may end before it knows a later epoch.
      sent: () => this.#log.replace({ epoch: firstEpoch }),
      epochChanged: lineage => this.#epochChanged(lineage),
    })
    doc.on('afterAllTransactions', (_, transactions) => this.#step(() => this.#collect(transactions)))
    doc.on('destroy', () => this.#destroyed())
    this.connect()
  }

  get awareness(): PresenceAwareness {
    this.#awareness ??= this.#step(() => {
      const { notifications } = this.#host
      this.#awareness = new PresenceAwareness(this.doc, this, notifications, claim => this.#claim(claim))
      this.presenceChanged()
      return this.#awareness
    })
    return this.#awareness
  }

  get status(): ProviderStatus {
    return this.#status
  }

  get synced(): boolean {
    return this.#synced
  }

  connect(): void {
    if (this.#status === 'connected') return
    if (this.doc.isDestroyed) throw new NotRunningError('the document was destroyed')
    this.#step(() => {
      this.#host.open(this.#sync, this.#seed)
      this.#setStatus('connected')
      this.#claim(this.#awareness?.claim())
      this.presenceChanged()
    })
  }

  disconnect(): void {
    if (this.#status === 'disconnected') return
    this.#step(() => {
      this.#send.flush()
      this.#claim(undefined)
      this.#host.closed(this.#sync)
      this.#sync.epochs.disconnected()
      this.#sync.state.reset()
      this.#setStatus('disconnected')
      this.#setSynced(false)
      this.presenceChanged()
    })
  }

  override destroy(): void {
    this.doc.destroy()
  }

  async stored(): Promise<void> {
    this.flush()
    await this.#storing
    await this.#log.stored()
  }

  /** Sends and stores pending changes at once. */
  flush(): void {
    this.#send.flush()
    this.#storeForeign()
  }

  get superseded(): readonly Uint8Array[] {
    return this.#log.superseded
  }

  discardSuperseded(): void {
    this.#log.discardSuperseded()
  }

  /** The other members are in an epoch that this replica cannot enter. */
  supersede(): void {
    const update = Y.encodeStateAsUpdate(this.doc)
    this.#log.supersede(update)
    this.#sync.epochs.discardReplica()
    this.#sync.state.reset()
    this.#setSynced(false)
    this.#notify('superseded', [{ update }])
  }

  /** An exchange may have changed the document. */
  stepped(): void {
    if (this.#status === 'connected') this.#setSynced(this.#sync.state.isSynced)
  }

  /** The awareness of other members in this document may have changed. */
  presenceChanged(): void {
    if (!this.#awareness) return
    const claims = this.#status === 'connected' ? this.#host.claims(this.#sync.name) : []
    this.#awareness.show(claims, this.#host.clock.now().epochMs)
  }

  override emit<Name extends keyof ProviderEvents & string>(
    name: Name,
    details: Parameters<ProviderEvents[Name]>,
  ): void {
    emitIsolated(this, name, details)
  }

  /** The document's client id has changed. */
  clientChanged(): void {
    this.#awareness?.clientChanged()
  }

  /** Another member writes under the same client id. */
  reportCollision(memberId: string): void {
    this.#notify('collision', [{ member: memberId, clientID: this.doc.clientID }])
  }

  #destroyed(): void {
    this.#step(() => {
      this.disconnect()
      this.#storeForeign()
      this.#log.close()
      this.#owner.destroyed(this.#sync.name)
      // Destroy the provider only after the event that announces the disconnection.
      this.#host.notifications.event(() => super.destroy())
    })
  }

  #collect(transactions: readonly Y.Transaction[]): void {
    for (const transaction of transactions) {
      if (transaction.origin === this.#log) continue
      if (transaction.origin === this) this.#applying.collect(transaction)
      else this.#local.collect(transaction)
    }
    this.#host.changed(this.#sync)
    if (this.#local.isEmpty) return
    this.#checkSize()
    this.#send.request()
  }

  /** All pending changes refer to ids that the document no longer has. */
  #clearChanges(): void {
    for (const changes of [this.#local, this.#foreign, this.#applying]) changes.clear()
    this.#owner.drawClientId(this.#sync.name)
  }

  #epochChanged(lineage: Lineage | undefined): void {
    this.#log.replace(lineage)
    if (lineage && lineage.epoch.number > 0) this.#notify('epoch', [{ number: lineage.epoch.number }])
  }

  /** Notifies the app immediately, once each time the document exceeds the limit. */
  #checkSize(): void {
    const bytes = this.#sync.digest.liveBytes
    const maxBytes = limits.maxDocumentBytes
    if (bytes > maxBytes && !this.#isTooLarge) this.#notify('too-large', [{ bytes, maxBytes }])
    this.#isTooLarge = bytes > maxBytes
  }

  /** @param update an update without pending parts, which is stored as it arrived; undefined: parts may be pending */
  #onApplied(update: Uint8Array | undefined): void {
    if (update) {
      this.#applying.clear()
      if (this.#host.isOpen()) this.#log.append(update)
    } else {
      this.#foreign.add(this.#applying)
      if (!this.#foreign.isEmpty) this.#send.request()
    }
  }

  #sendLocal(): void {
    this.#storeForeign()
    if (this.#local.isEmpty) return
    const updates = new SharedUpdates(this.#local.take(maxBytes, growTo))
    const [first, second] = [updates.at(0), updates.at(1)]
    if (!first) return
    this.#store(updates)
    if (this.#status !== 'connected') return
    this.#sync.epochs.markShared()
    if (second === undefined && first.length <= maxPublishedBytes) this.#host.publish(this.#sync, first)
    else this.#host.push(this.#sync.name, updates)
  }

  #storeForeign(): void {
    if (!this.#foreign.isEmpty) this.#store(new SharedUpdates(this.#foreign.take(maxBytes, growTo)))
  }

  #store(updates: SharedUpdates): void {
    if (!this.#host.isOpen()) return
    const { clock } = this.#host
    let index = 0
    const { epochs } = this.#sync
    const { generation } = epochs
    const storeSlice = (): boolean => {
      // Meanwhile the document got new ids and was stored as a whole.
      if (generation !== epochs.generation) return true
      const untilMs = clock.now().monotonicMs + sliceMs
      for (let update = updates.at(index); update; update = updates.at(++index)) {
        this.#log.append(update)
        if (clock.now().monotonicMs >= untilMs) return updates.at(index + 1) === undefined
      }
      return true
    }
    if (storeSlice()) return
    const rest = new Promise<void>(resolve => {
      const storeNextSlice = () => {
        index += 1
        if (storeSlice()) resolve()
        else clock.setTimer(clock.now().monotonicMs, storeNextSlice)
      }
      clock.setTimer(clock.now().monotonicMs, storeNextSlice)
    })
    this.#storing = Promise.all([this.#storing, rest]).then(() => {})
  }

  #claim(claim: LocalClaim | undefined): void {
    if (this.#status === 'connected') this.#host.claim(this.#sync.name, claim)
  }

  #setStatus(status: ProviderStatus): void {
    this.#status = status
    this.#notify('status', [{ status }])
  }

  #setSynced(isSynced: boolean): void {
    if (this.#synced === isSynced) return
    this.#synced = isSynced
    this.#notify('synced', [isSynced])
    this.#notify('sync', [isSynced])
  }

  /** Emits an event when the step has ended. */
  #notify<Name extends keyof ProviderEvents & string>(
    name: Name,
    details: Parameters<ProviderEvents[Name]>,
  ): void {
    this.#host.notifications.event(() => this.emit(name, details))
  }

  #step<T>(act: () => T): T {
    return this.#host.notifications.step(act)
  }
}
