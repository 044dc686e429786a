/**
 * Document provider: synchronises one document with a room.
 *
 * What is written here is told at once, then at most every 50 ms, merged: as a rumor, if that is too long to all that one
 * is connected to, and if it is too long for that, too, others fetch it.
 * What others write is applied with the provider as origin.
 */
import { ObservableV2 } from 'lib0/observable'
import * as Y from 'yjs'
import { NotRunningError } from '../cluster/errors.ts'
import type { Clock } from '../cluster/ports.ts'
import { DocumentSync } from '../spaces/document-sync.ts'
import { Paced } from '../spaces/paced.ts'
import { limits } from '../wire/limits.ts'
import type { AwarenessClaim } from './awareness-field.ts'
import type { KeptUpdates } from './kept-updates.ts'
import { type OwnClaim, PresenceAwareness } from './presence-awareness.ts'
import type { Provider, ProviderEvents, ProviderStatus } from './room-document.ts'

/** What a document is given by its room. */
export interface DocumentHost {
  readonly clock: Clock
  /** Whether this member is in the room: then what is written is stored, synchronised or not. */
  isOpen(): boolean
  /** What is stored of a document. */
  kept(document: string): KeptUpdates
  /** From now on exchanges are about this document, too, and soon there is one. @throws {NotRunningError} */
  open(sync: DocumentSync): void
  close(sync: DocumentSync): void
  /** Tells all others an update that fits a rumor. */
  say(document: string, update: Uint8Array): void
  /** Tells it those in the room that one is connected to. */
  push(document: string, update: Uint8Array): void
  /** The document is to be compared with those of others soon. */
  hurry(): void
  /** Nobody is there who holds the document, as far as known. */
  isAlone(sync: DocumentSync): boolean
  /** Shows this member's awareness; undefined: none. @throws {InvalidValueError} nothing changed */
  claim(document: string, claim: OwnClaim | undefined): void
  /** What others show, in the order of their ids. */
  claims(document: string): AwarenessClaim[]
  destroyed(document: string): void
}

/** Our choice, as for presence. */
const updateIntervalMs = 50
/** A fact's payload also carries the document's name. */
const maxSaidBytes = limits.maxPayloadBytes - limits.maxDocumentNameBytes - 16
/** A quarter of a frame. */
const maxPushedBytes = limits.maxFrameBytes / 4
/** While it is not known to be synchronised, it asks so often. */
const lookIntervalMs = 1_000

export class DocumentProvider extends ObservableV2<ProviderEvents> implements Provider {
  readonly doc: Y.Doc
  readonly #room: DocumentHost
  readonly #sync: DocumentSync
  readonly #tell: Paced
  readonly #kept: KeptUpdates
  #awareness: PresenceAwareness | undefined
  #status: ProviderStatus = 'disconnected'
  #synced = false
  #unsaid: Uint8Array[] = []
  #unsaidBytes = 0
  #cancelLook: () => void = () => {}

  constructor(name: string, doc: Y.Doc, room: DocumentHost) {
    super()
    this.doc = doc
    this.#room = room
    this.#sync = new DocumentSync(name, doc, this)
    this.#tell = new Paced(
      room.clock,
      () => updateIntervalMs,
      () => this.#sayUnsaid(),
    )
    this.#kept = room.kept(name)
    this.#kept.open(doc)
    doc.on('update', (update, origin) => {
      if (room.isOpen()) this.#kept.append(update)
      if (origin !== this && this.#status === 'connected') this.#gather(update)
    })
    doc.on('destroy', () => this.#destroyed())
    this.connect()
  }

  get awareness(): PresenceAwareness {
    if (!this.#awareness) {
      this.#awareness = new PresenceAwareness(this.doc, this, claim => this.#claim(claim))
      this.presenceChanged()
    }
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
    this.#room.open(this.#sync)
    this.#setStatus('connected')
    this.#claim(this.#awareness?.claim())
    this.presenceChanged()
    this.#lookLater()
  }

  disconnect(): void {
    if (this.#status === 'disconnected') return
    this.#tell.flush()
    this.#cancelLook()
    this.#claim(undefined)
    this.#room.close(this.#sync)
    this.#sync.forgetOthers()
    this.#setStatus('disconnected')
    this.#setSynced(false)
    this.presenceChanged()
  }

  override destroy(): void {
    this.doc.destroy()
  }

  stored(): Promise<void> {
    return this.#kept.stored()
  }

  /** Tells at once what waits. */
  flush(): void {
    this.#tell.flush()
  }

  /** Something may have been exchanged. */
  stepped(): void {
    if (this.#sync.isMet && this.#status === 'connected') this.#setSynced(true)
  }

  /** Others' presence may say something else about this document. */
  presenceChanged(): void {
    if (!this.#awareness) return
    const claims = this.#status === 'connected' ? this.#room.claims(this.#sync.name) : []
    this.#awareness.show(claims, this.#room.clock.now().epochMs)
  }

  #destroyed(): void {
    this.disconnect()
    this.#kept.close()
    this.#room.destroyed(this.#sync.name)
    super.destroy()
  }

  #gather(update: Uint8Array): void {
    this.#unsaidBytes += update.length
    // Too long already: what else comes is fetched with it.
    if (this.#unsaidBytes > maxPushedBytes) this.#unsaid = []
    else this.#unsaid.push(update)
    this.#tell.ask()
  }

  #sayUnsaid(): void {
    const [unsaid, bytes] = [this.#unsaid, this.#unsaidBytes]
    this.#unsaid = []
    this.#unsaidBytes = 0
    if (bytes > maxPushedBytes) this.#room.hurry()
    else {
      const update = Y.mergeUpdates(unsaid)
      if (update.length > maxSaidBytes) this.#room.push(this.#sync.name, update)
      else this.#room.say(this.#sync.name, update)
    }
  }

  #claim(claim: OwnClaim | undefined): void {
    if (this.#status === 'connected') this.#room.claim(this.#sync.name, claim)
  }

  #lookLater(): void {
    const { clock } = this.#room
    this.#cancelLook = clock.setTimer(clock.now().monotonicMs + lookIntervalMs, () => {
      if (this.#synced) return
      if (this.#room.isAlone(this.#sync)) {
        this.#setSynced(true)
        return
      }
      this.#room.hurry()
      this.#lookLater()
    })
  }

  #setStatus(status: ProviderStatus): void {
    this.#status = status
    this.emit('status', [{ status }])
  }

  #setSynced(isSynced: boolean): void {
    if (this.#synced === isSynced) return
    this.#synced = isSynced
    this.emit('synced', [isSynced])
    this.emit('sync', [isSynced])
  }
}
