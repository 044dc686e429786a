/** Mirrored documents: the documents of one room that a view has open. There is one object for each name. */
import type { DocumentOptions, RoomDocument } from '@hearsay/core'
import {
  checkDocument,
  checkDocumentCount,
  followClientId,
  isolateObservers,
  type LocalClaim,
  replaceUnencodable,
  reportAppError,
  reportRejection,
  seedPlaceholder,
} from '@hearsay/core/app'
import * as Y from 'yjs'
import type { DocumentChange, RemoteMember } from '../contract.ts'
import { MirroredDocument, type MirroredDocumentOptions } from './mirrored-document.ts'

export interface MirroredDocumentsOptions
  extends Pick<
    MirroredDocumentOptions,
    'room' | 'notifications' | 'member' | 'state' | 'writers' | 'rights'
  > {
  /** Publishes the awareness of this view in a document; undefined removes it. */
  readonly claim: (document: string, claim: LocalClaim | undefined) => void
}

interface Open extends RoomDocument {
  readonly provider: MirroredDocument
}

export class MirroredDocuments {
  readonly #options: MirroredDocumentsOptions
  readonly #open = new Map<string, Open>()

  constructor(options: MirroredDocumentsOptions) {
    this.#options = options
  }

  /** @throws {InvalidOptionsError} @throws {NotRunningError} the room was left, and the document was not open before */
  get(name: string, options: DocumentOptions = {}): RoomDocument {
    checkDocument(name, options)
    const known = this.#open.get(name)
    if (known) return known
    checkDocumentCount(this.#open.size)
    const { claim, ...shared } = this.#options
    const doc = new Y.Doc()
    isolateObservers(doc)
    replaceUnencodable(doc)
    const provider = new MirroredDocument({
      ...shared,
      name,
      doc,
      seed: options.seed && contentOf(options.seed),
      claim: each => claim(name, each),
      destroyed: () => this.#open.delete(name),
    })
    followClientId(doc, () => provider.clientChanged())
    const open = {
      name,
      doc,
      provider,
      get awareness() {
        return provider.awareness
      },
      get canWrite() {
        return provider.canWrite
      },
    }
    this.#open.set(name, open)
    return open
  }

  changed(name: string, change: DocumentChange): void {
    this.#open.get(name)?.provider.changed(change)
  }

  event(type: string, name: string, detail: unknown): void {
    this.#open.get(name)?.provider.event(type, detail)
  }

  /** The connection has closed, and another one will follow. */
  detach(): void {
    for (const { provider } of this.#open.values()) provider.detach()
  }

  /** There is a new connection, over which the room is open. */
  async attach(member: RemoteMember): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ provider }) => provider.attach(member)))
  }

  disconnect(): void {
    for (const { provider } of this.#open.values()) provider.disconnect()
  }
}

/**
 * The content of a seed, as the member's side can repeat it: written under the client id that core gives to every seed until
 * its content is known.
 *
 * @returns undefined: the seed has thrown, and the document stays empty
 */
function contentOf(seed: NonNullable<DocumentOptions['seed']>): Uint8Array | undefined {
  const doc = new Y.Doc()
  doc.clientID = seedPlaceholder
  try {
    reportRejection(seed(doc))
    return Y.encodeStateAsUpdate(doc)
  } catch (error) {
    reportAppError(error)
    return undefined
  }
}
