/** Room documents: the documents of one room that this member has open. There is one object for each name. */
import * as Y from 'yjs'
import { checkSpaceName } from '../api/call-options.ts'
import { InvalidOptionsError } from '../api/errors.ts'
import { checkOptionNames, type OptionNames } from '../api/option-names.ts'
import type { DocumentOptions, RoomDocument } from '../api/room-document.ts'
import { addOpening, countOpenings, isUnused } from '../runtime/handle-openings.ts'
import { isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import { byteLength } from '../wire/checks.ts'
import * as limits from '../wire/limits.ts'
import { followClientId } from './client-id.ts'
import type { DocumentHost } from './document-host.ts'
import type { Seed } from './document-seed.ts'
import { replaceUnencodable } from './encodable-values.ts'
import { isolateObservers } from './isolated-observers.ts'
import type { DocumentOwner, OwnedProvider, OwnedProviderOptions } from './owned-provider.ts'

/** Maximum bytes of an announcement of one document, without its name. */
const announcementBytes = 160

const optionNames: OptionNames<DocumentOptions> = { seed: true }

interface Open extends RoomDocument {
  readonly provider: OwnedProvider
}

export class RoomDocuments implements DocumentOwner {
  readonly #host: DocumentHost
  readonly #provide: (options: OwnedProviderOptions) => OwnedProvider
  readonly #open = new Map<string, Open>()

  /** @param provide makes the provider of a document @throws {NotRunningError} the room was left */
  constructor(host: DocumentHost, provide: (options: OwnedProviderOptions) => OwnedProvider) {
    this.#host = host
    this.#provide = provide
  }

  /** @throws {InvalidOptionsError} @throws {NotRunningError} the room was left, and the document was not open before */
  get(name: string, options: DocumentOptions = {}): RoomDocument {
    checkDocument(name, options)
    const known = this.#open.get(name)
    if (known) {
      addOpening(known)
      return known
    }
    this.#makeSpaceFor(name)
    const made = this.#make(name, options.seed)
    countOpenings(made)
    this.#open.set(name, made)
    return made
  }

  /** An exchange may have changed a document. */
  stepped(): void {
    for (const { provider } of this.#open.values()) provider.stepped()
  }

  /** The awareness of other members may have changed. */
  presenceChanged(): void {
    for (const { provider } of this.#open.values()) provider.presenceChanged()
  }

  /** Another member writes or wrote under the client id of this document. */
  collided(name: string, memberId: string): void {
    this.#open.get(name)?.provider.reportCollision(memberId)
  }

  /** The other members are in an epoch that this replica of a document cannot enter. */
  supersede(name: string): void {
    this.#open.get(name)?.provider.supersede()
  }

  drawClientId(name: string): void {
    const doc = this.#open.get(name)?.doc
    if (doc) doc.clientID = this.#newClientId()
  }

  /** Sends and stores pending changes at once. */
  flush(): void {
    for (const { provider } of this.#open.values()) provider.flush()
  }

  destroyed(name: string): void {
    this.#open.delete(name)
  }

  withdrawAwareness(): void {
    for (const { provider } of this.#open.values()) provider.withdrawAwareness()
  }

  disconnect(): void {
    for (const { provider } of this.#open.values()) provider.disconnect()
  }

  #make(name: string, seed: Seed | undefined): Open {
    const doc = this.#takeCarried(name) ?? new Y.Doc()
    isolateObservers(doc)
    replaceUnencodable(doc)
    // Draw a new client id at each start: under a former one, content may exist that this process does not know.
    doc.clientID = this.#newClientId()
    const provider = this.#provide({ name, doc, seed, host: this.#host, owner: this })
    followClientId(doc, () => {
      provider.clientChanged()
      this.#host.clientChanged()
    })
    return {
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
  }

  /** The carried replica, unless it is in another epoch than the stored document. */
  #takeCarried(name: string): Y.Doc | undefined {
    const carried = this.#host.takeCarried(name)
    const log = this.#host.log(name)
    if (!carried?.lineage) return carried?.doc
    if (!log.lineage && log.isEmpty) log.replace(carried.lineage)
    return isSameEpoch(log.lineage?.epoch, carried.lineage.epoch) ? carried.doc : undefined
  }

  /**
   * Closes documents that no view has open any more, until there is space for one more. They stay open until then, because
   * their last changes may still have to reach other members, and a page that reloads opens them again.
   *
   * @throws {InvalidOptionsError}
   */
  #makeSpaceFor(name: string): void {
    for (;;) {
      const unused = [...this.#open.values()].find(isUnused)
      try {
        checkDocumentCount(this.#open.size)
        this.#checkNames(name)
        return
      } catch (error) {
        if (!unused) throw error
        unused.provider.destroy()
      }
    }
  }

  /** All documents are announced in one field of limited size. */
  #checkNames(name: string): void {
    const names = [...this.#open.keys(), name]
    const bytes = names.reduce((sum, each) => sum + byteLength(JSON.stringify(each)) + announcementBytes, 0)
    if (bytes > limits.maxPresenceBytes)
      throw new InvalidOptionsError(
        `document: the names of the open documents are too long together: destroy a provider first, or use shorter names`,
      )
  }

  #newClientId(): number {
    return Math.floor(this.#host.random() * 2 ** 32)
  }
}

/** Checks the arguments of `document`. @throws {InvalidOptionsError} */
export function checkDocument(name: string, options: DocumentOptions): void {
  checkSpaceName('document', name, { minBytes: 0 })
  checkOptionNames('document', options, optionNames, '{ seed: doc => {} }')
  if (options.seed !== undefined && typeof options.seed !== 'function')
    throw new InvalidOptionsError('document: seed: give a function that fills an empty document')
}

/**
 * Checks that a room may open another document.
 *
 * @param open the number of documents that are open
 * @throws {InvalidOptionsError}
 */
export function checkDocumentCount(open: number): void {
  if (open >= limits.maxDocuments)
    throw new InvalidOptionsError(
      `document: at most ${limits.maxDocuments} of one room are open: destroy a provider first`,
    )
}
