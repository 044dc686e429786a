/** Aware provider: the part of a provider that connects the awareness of its document with the presence of the room. */
import type * as Y from 'yjs'
import type { NotAllowedError } from '../api/errors.ts'
import { notWriterError } from '../api/writers.ts'
import { callApp, reportAppError } from '../runtime/app-calls.ts'
import type { WriterList } from '../spaces/writer-rule.ts'
import type { DocumentHost } from './document-host.ts'
import { type AwarenessClaims, type LocalClaim, PresenceAwareness } from './presence-awareness.ts'
import { ProviderState } from './provider-state.ts'
import type { ViewAwareness } from './view-awareness.ts'

export abstract class AwareProvider extends ProviderState implements ViewAwareness {
  readonly doc: Y.Doc
  readonly #name: string
  readonly #host: DocumentHost
  readonly #claimListeners = new Set<() => void>()
  #isRefusalReported = false
  #awareness: PresenceAwareness | undefined

  constructor(name: string, doc: Y.Doc, host: DocumentHost) {
    super(host.notifications)
    this.doc = doc
    this.#name = name
    this.#host = host
  }

  get awareness(): PresenceAwareness {
    this.#awareness ??= this.#host.notifications.step(() => {
      const { notifications } = this.#host
      this.#awareness = new PresenceAwareness(this.doc, this, notifications, claim => this.#claim(claim))
      this.presenceChanged()
      return this.#awareness
    })
    return this.#awareness
  }

  /** The awareness of other members or of views in this document may have changed. */
  presenceChanged(): void {
    for (const listener of this.#claimListeners) this.#host.notifications.event(listener)
    this.#awareness?.show(this.#claims(undefined), this.#host.clock.now().epochMs)
  }

  claimView(view: string, claim: LocalClaim | undefined): void {
    if (this.status === 'connected') this.#host.claimView(view, this.#name, claim)
  }

  claimsFor(view: string): AwarenessClaims {
    return this.#claims(view)
  }

  onClaims(listener: () => void): () => void {
    // A listener may be added several times.
    const added = () => listener()
    this.#claimListeners.add(added)
    return () => this.#claimListeners.delete(added)
  }

  /** The document's client id has changed. */
  clientChanged(): void {
    this.#awareness?.clientChanged()
  }

  /** The members that may write the document. */
  protected get writers(): WriterList {
    return 'anyone'
  }

  /** This member may not write the document. Notifies the app, or reports the error once if no listener exists. */
  protected refuse(): void {
    const error = this.notAllowedError()
    if (this._observers.has('not-allowed')) this.notify('not-allowed', [{ error }])
    else if (!this.#isRefusalReported) this.#host.notifications.event(() => reportAppError(error))
    this.#isRefusalReported = true
  }

  protected notAllowedError(): NotAllowedError {
    const which = this.#name === '' ? 'the default document' : `the document '${this.#name}'`
    return notWriterError(which, 'the writers of the room', this.writers)
  }

  /** The status changes to `connected`: the awareness is published again. */
  protected publishAwareness(): void {
    // Meanwhile the app may have published so much presence that no space is left.
    callApp(() => this.#claim(this.#awareness?.claim()))
    this.presenceChanged()
  }

  /** The app has left the room, or the status is about to change to `disconnected`. */
  withdrawAwareness(): void {
    this.#claim(undefined)
  }

  #claims(except: string | undefined): AwarenessClaims {
    return this.status === 'connected' ? this.#host.claims(this.#name, except) : []
  }

  #claim(claim: LocalClaim | undefined): void {
    if (this.status === 'connected') this.#host.claim(this.#name, claim)
  }
}
