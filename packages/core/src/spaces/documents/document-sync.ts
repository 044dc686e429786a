/**
 * Document sync: one replica of a Yjs document, and what it takes from others.
 *
 * Only updates of version 1 come in, and each is read as a whole before any of it is applied; what cannot be read
 * changes nothing. What came before that on which it builds waits, but neither without bound nor for ever: it is
 * dropped, and the next exchange brings both.
 */
import type * as Y from 'yjs'
import { limits } from '../../wire/limits.ts'
import { applyUpdate, type ReportError, throwError } from './apply-update.ts'
import { changedClients } from './changed-clients.ts'
import { DocumentDigest } from './document-digest.ts'
import { DocumentEpochs, type Lineage } from './epochs/document-epochs.ts'
import { dropPending, pendingBytes } from './pending-structs.ts'
import { isReadable } from './readable-updates.ts'
import { SyncState } from './sync-state.ts'

/** What waits for something that is missing. */
const maxPendingBytes = 1_048_576
/** A gap that so many sweeps found is given up. */
const maxSweeps = 2

export interface DocumentSyncOptions {
  readonly name: string
  readonly doc: Y.Doc
  /** Of the transactions that apply what others wrote. */
  readonly origin: unknown
  /** It was not opened by the app: this member carries it for others. */
  readonly isCarried?: boolean
  /** In which epoch the document is; undefined: in none yet. */
  readonly lineage?: Lineage | undefined
  /** Takes what the app's observers throw. Absent: the app cannot observe the document, and what is thrown is thrown on. */
  readonly reportError?: ReportError
  /** An update of somebody else was applied. Undefined: some of it waits, or something else came with it. */
  readonly applied?: (update: Uint8Array | undefined) => void
  /** Another replica has the same structure and other content: two wrote under one client id. */
  readonly reportCollision?: (memberId: string) => void
  /** The document has other ids. */
  readonly replaced?: () => void
  /** The document is in no epoch, and shares something with others. */
  readonly sent?: () => void
  /** The document is in another epoch, or in none. */
  readonly epochChanged?: (lineage: Lineage | undefined) => void
}

export class DocumentSync {
  readonly name: string
  readonly doc: Y.Doc
  readonly isCarried: boolean
  readonly digest: DocumentDigest
  readonly state: SyncState = new SyncState()
  readonly epochs: DocumentEpochs
  readonly #options: DocumentSyncOptions
  readonly #reportError: ReportError
  readonly #collisions = new Set<string>()
  #hash: Uint8Array | undefined
  #changes = 0
  #hasDropped = false
  #sweeps = 0
  #drops = 0

  constructor(options: DocumentSyncOptions) {
    const { name, doc, isCarried = false, reportError = throwError } = options
    this.#options = options
    this.#reportError = reportError
    this.name = name
    this.doc = doc
    this.isCarried = isCarried
    this.digest = new DocumentDigest(doc)
    this.epochs = new DocumentEpochs({
      doc,
      origin: options.origin,
      lineage: options.lineage,
      isCarried,
      reportError,
      hash: () => this.hash(),
      replaced: () => this.#replaced(),
      shared: () => options.sent?.(),
      changed: lineage => options.epochChanged?.(lineage),
    })
    doc.on('afterTransaction', transaction => {
      if (transaction.deleteSet.clients.size === 0 && changedClients(transaction).length === 0) return
      this.#hash = undefined
      this.#changes += 1
    })
  }

  /** Grows with each change. */
  get changes(): number {
    return this.#changes
  }

  /** Nothing was ever written. */
  get isEmpty(): boolean {
    return this.doc.store.clients.size === 0 && !this.hasGap()
  }

  /** 16 bytes, not to be written. Equal documents have equal ones. */
  hash(): Uint8Array {
    if (!this.#hash) {
      this.#hash = this.digest.hash()
      this.state.recordDigest(this.#hash)
    }
    return this.#hash
  }

  #replaced(): void {
    this.digest.reset()
    this.#hash = undefined
    this.#changes += 1
    this.#options.replaced?.()
  }

  reportCollision(memberId: string): void {
    if (this.#collisions.has(memberId)) return
    this.#collisions.add(memberId)
    this.#options.reportCollision?.(memberId)
  }

  /** Parts of updates that waited for something missing, and had to be dropped, so far. */
  get drops(): number {
    return this.#drops
  }

  /** `new`: the document has changed. `rejected`: it cannot be read, or would make the document too large. */
  apply(update: Uint8Array): 'new' | 'stale' | 'rejected' {
    if (!isReadable(update)) return 'rejected'
    if (this.digest.liveBytes + update.length > limits.maxDocumentBytes) return 'rejected'
    const [before, wasComplete] = [this.#changes, !this.hasGap()]
    if (!applyUpdate(this.doc, update, this.#options.origin, this.#reportError)) return 'rejected'
    if (!this.hasGap()) this.#sweeps = 0
    this.#hasDropped = pendingBytes(this.doc) > maxPendingBytes
    if (this.#hasDropped) {
      dropPending(this.doc)
      this.#drops += 1
    }
    if (this.#changes === before) return this.#hasDropped ? 'rejected' : 'stale'
    this.epochs.markShared()
    this.#options.applied?.(wasComplete && !this.hasGap() ? update : undefined)
    return 'new'
  }

  /** Something came before what it builds upon: nothing later of its author shows until the gap is filled. */
  hasGap(): boolean {
    return this.#hasDropped || pendingBytes(this.doc) > 0
  }

  /** Some time has passed: nobody seems to have what is missing. */
  sweep(): void {
    this.#sweeps = this.hasGap() ? this.#sweeps + 1 : 0
    if (this.#sweeps < maxSweeps) return
    this.#sweeps = 0
    this.#hasDropped = false
    dropPending(this.doc)
  }
}
