/**
 * Document provider: synchronises one document with a room, and stores it.
 *
 * The writer sends and stores changes. Foreign updates are applied with the provider as the origin of the transaction.
 * Events fire after the step that caused them.
 */
import type * as Y from 'yjs'
import { NotRunningError } from '../api/errors.ts'
import { reportAppError } from '../runtime/app-calls.ts'
import { encodeWithoutPending, isAppliedBy } from '../spaces/documents/apply-update.ts'
import { DocumentSync } from '../spaces/documents/document-sync.ts'
import type { Lineage } from '../spaces/documents/epochs/document-epochs.ts'
import { firstEpoch } from '../spaces/documents/epochs/epoch.ts'
import type { UpdateLog } from '../storage/update-log.ts'
import * as limits from '../wire/limits.ts'
import { AwareProvider } from './aware-provider.ts'
import type { DocumentHost } from './document-host.ts'
import type { Seed } from './document-seed.ts'
import { DocumentWriter } from './document-writer.ts'
import { collectTransactions } from './isolated-observers.ts'
import type { DocumentOwner, OwnedProvider, OwnedProviderOptions } from './owned-provider.ts'

export class DocumentProvider extends AwareProvider implements OwnedProvider {
  readonly #host: DocumentHost
  readonly #owner: DocumentOwner
  readonly #seed: Seed | undefined
  readonly #sync: DocumentSync
  readonly #writer: DocumentWriter
  readonly #log: UpdateLog
  #isTooLarge = false

  constructor({ name, doc, seed, host, owner }: OwnedProviderOptions) {
    super(name, doc, host)
    this.#seed = seed
    this.#host = host
    this.#owner = owner
    this.#log = host.log(name)
    this.#log.open(doc)
    this.#sync = new DocumentSync({
      name,
      doc,
      origin: this,
      reportError: reportAppError,
      applied: update => this.#writer.applied(update),
      reportCollision: memberId => host.collided(name, memberId),
      lineage: this.#log.lineage,
      replaced: () => this.#replaced(),
      // Store the first epoch now, because this process may end before it knows a later epoch.
      sent: () => this.#log.replace({ epoch: firstEpoch }),
      epochChanged: lineage => this.#epochChanged(lineage),
    })
    this.#writer = new DocumentWriter({ provider: this, host, sync: this.#sync, log: this.#log })
    collectTransactions(doc, transaction => this.#writer.collect(transaction))
    doc.on('afterAllTransactions', (_, transactions) => this.#step(() => this.#collected(transactions)))
    doc.on('destroy', () => this.#destroyed())
    this.connect()
  }

  get canWrite(): boolean {
    return this.#host.canWrite
  }

  connect(): void {
    if (this.status === 'connected') return
    if (this.doc.isDestroyed) throw new NotRunningError('the document was destroyed: open it again')
    this.#step(() => {
      this.#host.open(this.#sync, this.#seed)
      this.setStatus('connected')
      this.publishAwareness()
    })
  }

  disconnect(): void {
    if (this.status === 'disconnected') return
    this.#step(() => {
      this.#writer.flushLocal()
      this.withdrawAwareness()
      this.#host.closed(this.#sync)
      this.#sync.epochs.disconnected()
      this.#sync.state.reset()
      this.setStatus('disconnected')
      this.setSynced(false)
      this.presenceChanged()
    })
  }

  override destroy(): void {
    this.doc.destroy()
  }

  async stored(): Promise<void> {
    this.#flushChanges()
    if (!this.canWrite && this.#writer.hasLocalChanges) throw this.notAllowedError()
    await this.#writer.stored()
  }

  flush(): void {
    this.#flushChanges()
    this.#writer.finishStoring()
  }

  #flushChanges(): void {
    this.#writer.flushLocal()
    this.#writer.flushForeign()
  }

  get superseded(): readonly Uint8Array[] {
    return this.#log.superseded
  }

  discardSuperseded(): void {
    this.#log.discardSuperseded()
  }

  /** The other members are in an epoch that this replica cannot enter. */
  supersede(): void {
    const update = encodeWithoutPending(this.doc)
    this.#log.supersede(update)
    this.#sync.epochs.discardReplica()
    this.#sync.state.reset()
    this.setSynced(false)
    this.notify('superseded', [{ update }])
  }

  /** An exchange may have changed the document. */
  stepped(): void {
    if (this.status === 'connected') this.setSynced(this.#sync.state.isSynced)
  }

  /** Another member writes under the same client id. */
  reportCollision(memberId: string): void {
    this.notify('collision', [{ member: memberId, clientID: this.doc.clientID }])
  }

  #destroyed(): void {
    this.#step(() => {
      this.disconnect()
      this.#writer.flushForeign()
      this.#log.close()
      this.#owner.destroyed(this.#sync.name)
      // Destroy the provider only after the event that announces the disconnection.
      this.#host.notifications.event(() => super.destroy())
    })
  }

  #collected(transactions: readonly Y.Transaction[]): void {
    this.#host.changed(this.#sync)
    if (this.#writer.hasLocalPending) this.#writer.sendSoon()
    if (!this.#writer.hasLocalChanges) return
    this.#checkSize()
    if (this.canWrite) this.#writer.sendSoon()
    else if (transactions.some(each => !isAppliedBy(this, each) && each.origin !== this.#log)) this.refuse()
  }

  /** The document has new ids. */
  #replaced(): void {
    this.#writer.clear()
    this.#owner.drawClientId(this.#sync.name)
  }

  #epochChanged(lineage: Lineage | undefined): void {
    this.#log.replace(lineage)
    if (lineage && lineage.epoch.number > 0) this.notify('epoch', [{ number: lineage.epoch.number }])
  }

  /** Notifies the app immediately, once each time the document exceeds the limit. */
  #checkSize(): void {
    const bytes = this.#sync.digest.liveBytes
    const maxBytes = limits.maxDocumentBytes
    if (bytes > maxBytes && !this.#isTooLarge) this.notify('too-large', [{ bytes, maxBytes }])
    this.#isTooLarge = bytes > maxBytes
  }

  #step<T>(act: () => T): T {
    return this.#host.notifications.step(act)
  }
}
