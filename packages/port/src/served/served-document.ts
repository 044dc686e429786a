/**
 * Served document: one document of a room for one view.
 *
 * The view has a `Y.Doc` of its own. Changes of the member's document that the view did not make are collected and sent in
 * the next batch. If the batch contains too many changes, the whole document is sent instead, which contains all of
 * them.
 */
import type { ProviderEvents, RoomDocument } from '@hearsay/core'
import {
  applyUpdate,
  InvalidValueError,
  type LocalClaim,
  NotAllowedError,
  reportAppError,
  type ViewAwareness,
  viewAwarenessOf,
} from '@hearsay/core/app'
import * as Y from 'yjs'
import type { DocumentChange, OpenedDocument } from '../contract.ts'
import type { Source } from './view-queue.ts'

/** Our choice: a view with more pending changes gets the whole document. */
const maxPendingBytes = 4_194_304
const forwarded = [
  'collision',
  'too-large',
  'epoch',
  'superseded',
] as const satisfies readonly (keyof ProviderEvents)[]

export interface ServedDocumentOptions {
  readonly open: RoomDocument
  /** Id of the view. */
  readonly view: string
  /** The document has changed. */
  readonly changed: () => void
  /** The provider has emitted an event that the view's provider emits, too. */
  readonly event: (name: string, detail: unknown) => void
}

export class ServedDocument implements Source<DocumentChange> {
  readonly #options: ServedDocumentOptions
  readonly #awareness: ViewAwareness
  readonly #undo: (() => void)[] = []
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  /** How often the document got new ids. The view's changes count only if they have the present ids. */
  #generation = 0
  /** Whether the next batch must contain the whole document. */
  #isWhole = false
  #isSuperseded = false
  #areClaimsChanged = false
  #claim: LocalClaim | undefined
  #isChanged = false

  constructor(options: ServedDocumentOptions) {
    const { open } = options
    const { doc, provider } = open
    this.#options = options
    this.#awareness = viewAwarenessOf(open)
    const updated = (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#add(update)
    }
    doc.on('update', updated)
    const newIds = () => {
      this.#generation += 1
      this.#sendWhole()
    }
    provider.on('epoch', newIds)
    this.#undo.push(
      () => doc.off('update', updated),
      () => provider.off('epoch', newIds),
    )
    for (const name of forwarded) {
      const listener = (detail: unknown) => {
        if (name === 'superseded') this.#isSuperseded = true
        options.event(name, detail)
      }
      provider.on(name, listener)
      this.#undo.push(() => provider.off(name, listener))
    }
    this.#undo.push(
      this.#awareness.onClaims(() => {
        this.#areClaimsChanged = true
        this.#changed()
      }),
    )
    for (const name of ['status', 'synced'] as const) {
      const listener = () => {
        // A disconnection has removed the awareness.
        if (name === 'status' && this.#claim) this.#publish()
        this.#changed()
      }
      provider.on(name, listener)
      this.#undo.push(() => provider.off(name, listener))
    }
  }

  get open(): RoomDocument {
    return this.#options.open
  }

  /** The document as the view needs it. @param stateVector what the view has. @throws these bytes are no state vector */
  opened(stateVector: Uint8Array): OpenedDocument {
    const { doc } = this.open
    return {
      ...this.#state(),
      update: Y.encodeStateAsUpdate(doc, stateVector),
      stateVector: Y.encodeStateVector(doc),
      superseded: this.open.provider.superseded,
      claims: this.#awareness.claimsFor(this.#options.view),
    }
  }

  /**
   * Applies changes of the view.
   *
   * @returns false: they have ids from before an epoch
   * @throws {NotAllowedError} the member is not a writer. Nothing was applied
   * @throws {InvalidValueError} they cannot be read
   */
  edit(generation: number, update: Uint8Array): boolean {
    if (!this.open.canWrite)
      throw new NotAllowedError('document: this member is not one of the writers of the room')
    if (generation !== this.#generation) return false
    if (!applyUpdate(this.open.doc, update, this, reportAppError))
      throw new InvalidValueError('document: the change of the view cannot be read')
    return true
  }

  take(): DocumentChange | undefined {
    if (!this.#isChanged) return undefined
    this.#isChanged = false
    const { doc, provider } = this.open
    const update = this.#takeUpdate(doc)
    const isSuperseded = this.#isSuperseded
    const areClaimsChanged = this.#areClaimsChanged
    this.#areClaimsChanged = false
    this.#isSuperseded = false
    return {
      ...this.#state(),
      ...(update && { update }),
      ...(isSuperseded && { superseded: provider.superseded }),
      ...(areClaimsChanged && { claims: this.#awareness.claimsFor(this.#options.view) }),
    }
  }

  /**
   * Publishes the awareness of the view; undefined removes it.
   *
   * @throws {InvalidValueError} the value is invalid. Nothing was changed
   */
  claim(claim: LocalClaim | undefined): void {
    this.#awareness.claimView(this.#options.view, claim)
    this.#claim = claim
  }

  stop(): void {
    const hadClaim = this.#claim !== undefined
    this.#claim = undefined
    if (hadClaim) this.#publish()
    for (const undo of this.#undo.splice(0)) undo()
  }

  #state(): Pick<DocumentChange, 'generation' | 'status' | 'synced'> {
    const { status, synced } = this.open.provider
    return { generation: this.#generation, status, synced }
  }

  #changed(): void {
    this.#isChanged = true
    this.#options.changed()
  }

  #publish(): void {
    if (this.open.provider.status === 'connected') this.#awareness.claimView(this.#options.view, this.#claim)
  }

  #takeUpdate(doc: Y.Doc): Uint8Array | undefined {
    const pending = this.#pending.splice(0)
    const isWhole = this.#isWhole
    this.#pendingBytes = 0
    this.#isWhole = false
    if (isWhole) return Y.encodeStateAsUpdate(doc)
    return pending.length > 1 ? Y.mergeUpdates(pending) : pending[0]
  }

  #add(update: Uint8Array): void {
    if (this.#isWhole) return
    this.#pending.push(update)
    this.#pendingBytes += update.length
    if (this.#pendingBytes > maxPendingBytes) this.#sendWhole()
    else this.#changed()
  }

  #sendWhole(): void {
    this.#pending = []
    this.#pendingBytes = 0
    this.#isWhole = true
    this.#changed()
  }
}
