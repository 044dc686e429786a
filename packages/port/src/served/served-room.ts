/** Served room: one room for one view: what the view may change in it, and the documents that it has open there. */
import type { Json } from '@hearsay/core'
import { InvalidOptionsError } from '@hearsay/core/app'
import * as Y from 'yjs'
import type { OpenedDocument } from '../contract.ts'
import type { ViewRights } from './rights.ts'
import { ServedDocument } from './served-document.ts'
import type { SharedRoom } from './shared-rooms.ts'
import type { ViewQueue } from './view-queue.ts'

export interface ServedRoomOptions {
  /** The number of the room in batches and calls. */
  readonly number: number
  /** Id of the view. */
  readonly view: string
  readonly shared: SharedRoom
  readonly rights: ViewRights
  readonly isWritable: boolean
  readonly queue: ViewQueue
}

export class ServedRoom {
  readonly #options: ServedRoomOptions
  readonly #documents = new Map<string, ServedDocument>()

  constructor(options: ServedRoomOptions) {
    this.#options = options
  }

  get shared(): SharedRoom {
    return this.#options.shared
  }

  setPresence(fields: Readonly<Record<string, Json | undefined>>): void {
    this.#checkWritable('presence')
    this.shared.setPresence(this.#options.view, fields)
  }

  broadcast(value: Json): void {
    this.#checkWritable('broadcast')
    this.shared.room.broadcast(value)
  }

  /**
   * Opens a document, and sends its changes from now on.
   *
   * @param stateVector what the view has
   * @param seed the content of an empty document, as an update
   */
  openDocument(name: string, stateVector: Uint8Array, seed: Uint8Array | undefined): OpenedDocument {
    const { queue, number, isWritable, shared } = this.#options
    const options = isWritable && seed ? { seed: (doc: Y.Doc) => Y.applyUpdate(doc, seed) } : {}
    const open = shared.room.document(name, options)
    this.closeDocument(name)
    const document = new ServedDocument({
      open,
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
    this.#documents.get(name)?.stop()
    this.#documents.delete(name)
    queue.removeDocument(number, name)
  }

  close(): void {
    for (const name of [...this.#documents.keys()]) this.closeDocument(name)
  }

  #document(name: string): ServedDocument {
    const document = this.#documents.get(name)
    if (!document) throw new InvalidOptionsError(`document: '${name}' is not open in this view`)
    return document
  }

  #checkWritable(what: string): void {
    const { rights, isWritable, shared } = this.#options
    rights.check(isWritable, `${what} in room '${shared.room.name}'`)
  }
}
