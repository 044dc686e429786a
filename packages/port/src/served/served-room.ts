/**
 * Served room: one room of one view. Checks what the view may change in the room, and serves the documents that it has open.
 */
import type { HeldBy, HeldByOptions, Json, PresenceView, Room } from '@hearsay/core'
import { endOpening, InvalidOptionsError, type LocalClaim, markOpening } from '@hearsay/core/app'
import * as Y from 'yjs'
import type { OpenedDocument } from '../contract.ts'
import type { ViewRights } from './rights.ts'
import { ServedDocument } from './served-document.ts'
import type { ViewQueue } from './view-queue.ts'

export interface ServedRoomOptions {
  /** The number of the room in batches and calls. */
  readonly number: number
  /** Id of the view. */
  readonly view: string
  readonly room: Room
  readonly rights: ViewRights
  readonly isWritable: boolean
  readonly queue: ViewQueue
}

export class ServedRoom {
  readonly #options: ServedRoomOptions
  readonly #presence: PresenceView | undefined
  readonly #documents = new Map<string, ServedDocument>()

  constructor(options: ServedRoomOptions) {
    const { room, view, isWritable } = options
    this.#options = options
    // A view that may only read has no presence.
    this.#presence = isWritable ? room.presence.view(view) : undefined
  }

  get name(): string {
    return this.#options.room.name
  }

  setPresence(fields: Readonly<Record<string, Json | undefined>>): void {
    this.#checkWritable('presence')
    this.#presence?.set(fields)
  }

  /** The user turned to the view: its presence replaces that of the other views. */
  focus(): void {
    this.#presence?.focus()
  }

  /** Publishes the awareness of the view in a document; undefined removes it. */
  claim(document: string, claim: LocalClaim | undefined): void {
    this.#checkWritable('awareness')
    this.#document(document).claim(claim)
  }

  heldBy(options: HeldByOptions | undefined): Promise<HeldBy> {
    return this.#options.room.heldBy(options)
  }

  broadcast(value: Json): void {
    this.#checkWritable('broadcast')
    this.#options.room.broadcast(value)
  }

  /**
   * Opens a document, and sends its changes from now on.
   *
   * @param stateVector what the view has
   * @param seed the content of an empty document, as an update
   */
  openDocument(name: string, stateVector: Uint8Array, seed: Uint8Array | undefined): OpenedDocument {
    const { queue, number, isWritable, room, view } = this.#options
    const options = isWritable && seed ? { seed: (doc: Y.Doc) => Y.applyUpdate(doc, seed) } : {}
    const open = room.document(name, options)
    markOpening(open, 'views')
    this.closeDocument(name)
    const document = new ServedDocument({
      open,
      view,
      changed: () => queue.changed(),
      event: (type, detail) => queue.event(number, type, detail, name),
    })
    this.#documents.set(name, document)
    queue.addDocument(number, name, document)
    return document.opened(stateVector)
  }

  /** Applies changes of the view. @returns false: they have ids from before an epoch */
  editDocument(name: string, generation: number, update: Uint8Array): boolean {
    this.#checkWritable('document')
    return this.#document(name).edit(generation, update)
  }

  async documentStored(name: string): Promise<void> {
    await this.#document(name).open.provider.stored()
  }

  discardSuperseded(name: string): void {
    this.#checkWritable('document')
    this.#document(name).open.provider.discardSuperseded()
  }

  closeDocument(name: string): void {
    const { queue, number } = this.#options
    const document = this.#documents.get(name)
    if (!document) return
    document.stop()
    this.#documents.delete(name)
    queue.removeDocument(number, name)
    endOpening(document.open, 'views')
  }

  close(): void {
    for (const name of [...this.#documents.keys()]) this.closeDocument(name)
    this.#presence?.close()
  }

  #document(name: string): ServedDocument {
    const document = this.#documents.get(name)
    if (!document) throw new InvalidOptionsError(`document: '${name}' is not open in this view`)
    return document
  }

  #checkWritable(what: string): void {
    const { rights, isWritable, room } = this.#options
    rights.check(isWritable, `${what} in room '${room.name}'`)
  }
}
