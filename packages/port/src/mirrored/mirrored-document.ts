/**
 * Mirrored document: the provider of a document in a view.
 *
 * The view's changes go to the member's document in their order, one message at a time: changes that the app writes meanwhile
 * go into the next message. The member's document then shares them like its own changes.
 */

import type { Provider } from '@hearsay/core'
import {
  type AppNotifications,
  type AwarenessClaims,
  applyUpdate,
  isAppliedBy,
  type LocalClaim,
  NotRunningError,
  notWriterError,
  PresenceAwareness,
  ProviderState,
  reportAppError,
  sharedAwareness,
} from '@hearsay/core/app'
import * as Y from 'yjs'
import { report, reportUnlessEnded, resultOf } from '../answer.ts'
import type { DocumentChange, RemoteMember } from '../contract.ts'
import { replaceContent } from './replace-content.ts'

export interface MirroredDocumentOptions {
  readonly name: string
  /** The number of the room. */
  readonly room: number
  readonly doc: Y.Doc
  readonly seed: Uint8Array | undefined
  readonly notifications: AppNotifications
  readonly member: RemoteMember
  /** The state of the room. `detached`: the document is opened when there is a connection. */
  readonly state: () => 'open' | 'detached' | 'left'
  /** The members that may write the document. */
  readonly writers: Parameters<typeof notWriterError>[2]
  /** Whether the member may write the document, and whether this view may write it through the member. */
  readonly rights: () => { readonly ofMember: boolean; readonly ofView: boolean }
  /** Publishes the awareness of this view; undefined removes it. */
  readonly claim: (claim: LocalClaim | undefined) => void
  readonly destroyed: () => void
}

export class MirroredDocument extends ProviderState implements Provider {
  readonly doc: Y.Doc
  readonly #options: MirroredDocumentOptions
  #awareness: PresenceAwareness | undefined
  #isRefusalReported = false
  #superseded: readonly Uint8Array[] = []
  /** The awareness of other members and views. */
  #claims: AwarenessClaims = []
  /** The ids of the document are those of the member's document at this generation; undefined: it is not open there. */
  #generation: number | undefined
  /** How often the document was opened or disconnected. */
  #openings = 0
  /** Why the member does not have a change of this view. */
  #unsharedError: Error | undefined
  #unsent: Uint8Array[] = []
  #sending: Promise<void> | undefined
  /** Resolves when changes that were made before the last opening are being sent. Never rejects. */
  #opening: Promise<void> | undefined

  constructor(options: MirroredDocumentOptions) {
    super(options.notifications)
    const { doc } = options
    this.#options = options
    this.doc = doc
    doc.on('update', (update, _, __, transaction) => {
      if (isAppliedBy(this, transaction)) return
      if (!options.rights().ofMember) this.#refuse()
      else if (this.status === 'connected') this.#sendSoon(update)
    })
    doc.on('destroy', () => this.#destroyed())
    this.connect()
  }

  get awareness(): PresenceAwareness {
    const { notifications } = this.#options
    if (!this.#awareness) {
      this.#awareness = new PresenceAwareness(this.doc, this, notifications, each => this.#claim(each))
      this.#showClaims()
    }
    return this.#awareness
  }

  get superseded(): readonly Uint8Array[] {
    return this.#superseded
  }

  get canWrite(): boolean {
    const { ofMember, ofView } = this.#options.rights()
    return ofMember && ofView
  }

  connect(): void {
    if (this.status === 'connected') return
    if (this.doc.isDestroyed) throw new NotRunningError('the document was destroyed: open it again')
    const { state, member } = this.#options
    if (state() === 'left') throw new NotRunningError('the room was left: enter it again')
    this.setStatus('connected')
    if (state() === 'open') void this.attach(member)
  }

  /** The connection has closed, and another one will follow. */
  detach(): void {
    this.#closed()
  }

  /** Opens the document over this connection, if the app has not disconnected it. Never rejects. */
  async attach(member: RemoteMember): Promise<void> {
    if (this.status === 'disconnected') return
    // The generation of each opening begins at 0. Changes that follow may be sent before the answer to the opening arrives.
    this.#generation = 0
    const opened = this.#open(member)
    this.#claim(this.#awareness?.claim())
    this.#opening = opened.catch(reportUnlessEnded)
    await this.#opening
  }

  disconnect(): void {
    if (this.status === 'disconnected') return
    const { member, room, name } = this.#options
    this.flush()
    this.setStatus('disconnected')
    this.#closed()
    this.#claims = []
    this.#showClaims()
    void member.closeDocument(room, name)
  }

  /** Sends pending changes at once. The port keeps the order of messages. */
  flush(): void {
    const { member, room, name } = this.#options
    const update = this.#takeUnsent()
    if (!update || this.#generation === undefined) return
    report(member.editDocument(room, name, this.#generation, update))
  }

  override destroy(): void {
    this.doc.destroy()
  }

  async stored(): Promise<void> {
    const { member, room, name } = this.#options
    if (this.status === 'disconnected')
      throw new NotRunningError(
        'the document is disconnected: connect it, so that the member stores its changes',
      )
    await this.#opening
    await this.#sending
    if (this.#unsharedError) throw this.#unsharedError
    resultOf(await member.documentStored(room, name))
  }

  discardSuperseded(): void {
    const { member, room, name } = this.#options
    this.#superseded = []
    report(member.discardSuperseded(room, name))
  }

  /** The document's client id has changed. */
  clientChanged(): void {
    this.#options.notifications.step(() => this.#awareness?.clientChanged())
  }

  /** The member's document has changed. */
  changed({ update, generation, synced, superseded, claims }: DocumentChange): void {
    if (this.#generation === undefined) return
    if (superseded) this.#superseded = superseded
    if (claims) this.#claims = claims
    if (claims) this.#showClaims()
    if (update && generation > this.#generation) this.#takeNewIds(update)
    else if (update) applyUpdate(this.doc, update, this, reportAppError)
    this.#generation = generation
    this.setSynced(synced)
  }

  /** The member's provider has emitted this event. */
  event(type: string, detail: unknown): void {
    this.notify(type as 'collision', [detail as never])
  }

  /** Exchanges the content that either side lacks. */
  async #open(member: RemoteMember): Promise<void> {
    const { room, name, doc, seed } = this.#options
    const opening = ++this.#openings
    // The state vector covers these changes.
    this.#unsent = []
    const opened = resultOf(await member.openDocument(room, name, Y.encodeStateVector(doc), seed))
    // Meanwhile the document was disconnected, or got new ids.
    if (opening !== this.#openings || this.#generation !== opened.generation) return
    const missing = Y.encodeStateAsUpdate(doc, opened.stateVector)
    this.#options.notifications.step(() => this.changed(opened))
    if (!this.#options.rights().ofMember) return
    this.#unsharedError = undefined
    if (hasContent(missing)) this.#sendSoon(missing)
  }

  /** The change stays in the view's document. Notifies the app, or reports the error once if no listener exists. */
  #refuse(): void {
    const error = notWriterError('document', 'the writers of the room', this.#options.writers)
    this.#unsharedError = error
    const { notifications } = this.#options
    if (this._observers.has('not-allowed')) this.notify('not-allowed', [{ error }])
    else if (!this.#isRefusalReported)
      notifications.step(() => notifications.event(() => reportAppError(error)))
    this.#isRefusalReported = true
  }

  /** The document is not open at the member's side any more. */
  #closed(): void {
    this.setSynced(false)
    this.#generation = undefined
    this.#openings += 1
  }

  #sendSoon(update: Uint8Array): void {
    this.#unsent.push(update)
    this.#sending ??= this.#send()
  }

  async #send(): Promise<void> {
    const { member, room, name } = this.#options
    // Send only after the app's present code has run, because it often writes several times.
    await undefined
    try {
      while (this.#generation !== undefined) {
        const update = this.#takeUnsent()
        if (!update) break
        const isApplied = resultOf(await member.editDocument(room, name, this.#generation, update))
        if (isApplied || this.#generation === undefined) continue
        // The next batch brings the new ids, and keeps the changes that were written with the old ids.
        this.#unsent.unshift(update)
        break
      }
    } catch (error) {
      if (error instanceof Error) this.#unsharedError = error
      reportUnlessEnded(error)
    } finally {
      this.#sending = undefined
    }
  }

  /** The document has new ids. Changes that the member does not have are kept as a replica of their own. */
  #takeNewIds(update: Uint8Array): void {
    const { doc } = this
    const replica = this.#unsent.length > 0 ? Y.encodeStateAsUpdate(doc) : undefined
    this.#unsent = []
    replaceContent(doc, update, this)
    if (!replica) return
    this.#superseded = [...this.#superseded, replica]
    this.notify('superseded', [{ update: replica }])
  }

  /** Undefined while the document is not open at the member's side, or if nothing is unsent. */
  #takeUnsent(): Uint8Array | undefined {
    if (this.#generation === undefined) return undefined
    const updates = this.#unsent.splice(0)
    return updates.length > 1 ? Y.mergeUpdates(updates) : updates[0]
  }

  /** @throws {InvalidValueError} the state is no JSON */
  #claim(claim: LocalClaim | undefined): void {
    if (this.status === 'disconnected') return
    // Editor bindings put instances of Yjs classes into awareness, which a port cannot clone.
    const carried = claim && sharedAwareness(claim).value
    this.#options.claim(carried as LocalClaim | undefined)
  }

  #showClaims(): void {
    this.#awareness?.show(this.#claims, Date.now())
  }

  #destroyed(): void {
    this.disconnect()
    this.#options.destroyed()
    this.#options.notifications.event(() => super.destroy())
  }
}

/** Whether an update contains anything: an empty one has two bytes. */
const hasContent = (update: Uint8Array): boolean => update.length > 2
