/** Room documents: the documents of one room that this member has open, by name, each made once. */
import * as Y from 'yjs'
import { InvalidOptionsError } from '../cluster/errors.ts'
import { checkSpaceName } from '../cluster/options.ts'
import { limits } from '../wire/limits.ts'
import { type DocumentHost, DocumentProvider } from './document-provider.ts'
import type { RoomDocument } from './room-document.ts'

export interface RoomDocumentsOptions extends Omit<DocumentHost, 'destroyed'> {
  /** 0 ≤ random() < 1. */
  readonly random: () => number
}

interface Open extends RoomDocument {
  readonly provider: DocumentProvider
}

export class RoomDocuments {
  readonly #options: RoomDocumentsOptions
  readonly #open = new Map<string, Open>()

  constructor(options: RoomDocumentsOptions) {
    this.#options = options
  }

  /** @throws {InvalidOptionsError} @throws {NotRunningError} the room was left, and it was not open before */
  get(name: string): RoomDocument {
    const open = this.#open.get(name)
    if (open) return open
    checkSpaceName('document', name, { minBytes: 0 })
    if (this.#open.size >= limits.maxDocuments)
      throw new InvalidOptionsError(
        `document: at most ${limits.maxDocuments} of one room are open: destroy a provider first`,
      )
    const made = this.#make(name)
    this.#open.set(name, made)
    return made
  }

  /** Something may have been exchanged. */
  stepped(): void {
    for (const { provider } of this.#open.values()) provider.stepped()
  }

  /** Others' presence changed. */
  presenceChanged(): void {
    for (const { provider } of this.#open.values()) provider.presenceChanged()
  }

  /** Tells at once what waits. */
  flush(): void {
    for (const { provider } of this.#open.values()) provider.flush()
  }

  disconnect(): void {
    for (const { provider } of this.#open.values()) provider.disconnect()
  }

  #make(name: string): Open {
    const doc = new Y.Doc()
    // Drawn anew at each start: one that was used before may have written what this process does not know of.
    doc.clientID = Math.floor(this.#options.random() * 2 ** 32)
    const destroyed = () => this.#open.delete(name)
    const provider = new DocumentProvider(name, doc, { ...this.#options, destroyed })
    return {
      name,
      doc,
      provider,
      get awareness() {
        return provider.awareness
      },
    }
  }
}
