/**
 * Document sync: one replica of a Yjs document, and the updates that it accepts from other members.
 *
 * The replica accepts only updates of version 1. Each update is decoded and checked as a whole before any of it is
 * applied, so an unreadable update changes nothing. If Yjs cannot apply a readable update nevertheless, the part before
 * the first invalid struct stays in the document, and counts as a change like any other.
 *
 * An update that arrives before one that it depends on is pending, until the missing one arrives or the next epoch begins. Its
 * author may have gone, and the missing one may come much later from a member that was offline. After some time the replica
 * neither requests the missing update any more nor waits for it. An update that would make too much pending is dropped. The
 * next exchange brings it again, together with the missing one.
 */
import type * as Y from 'yjs'
import * as limits from '../../wire/limits.ts'
import {
  applyPending,
  applyUpdate,
  keepPending,
  pendingBytes,
  type ReportError,
  throwError,
} from './apply-update.ts'
import { changedClients } from './changed-clients.ts'
import { DocumentDigest } from './document-digest.ts'
import { DocumentEpochs, type Lineage } from './epochs/document-epochs.ts'
import { clientsOf, isReadable } from './readable-updates.ts'
import { SyncState } from './sync-state.ts'

/** Maximum bytes of updates that wait for updates on which they depend. */
const maxPendingBytes = 1_048_576
/** After this many sweeps with a gap, the replica does not wait for the missing updates any more. */
const maxSweeps = 2

export interface DocumentSyncOptions {
  readonly name: string
  readonly doc: Y.Doc
  /** Origin of the transactions that apply foreign updates. */
  readonly origin: unknown
  /** The local member carries the document for others; its app has not opened it. */
  readonly isCarried?: boolean
  /** The epoch of the document; undefined: the document is in no epoch yet. */
  readonly lineage?: Lineage | undefined
  /** Receives errors that the app's observers throw. Absent: the app cannot observe the document, and errors are rethrown. */
  readonly reportError?: ReportError
  /** A foreign update was applied. Undefined: Yjs applied only a part of the update, or pending updates as well. */
  readonly applied?: (update: Uint8Array | undefined) => void
  /** Another replica has equal structure and different content: two members wrote under one client id. */
  readonly reportCollision?: (memberId: string) => void
  /** The document has new ids. */
  readonly replaced?: () => void
  /** The document is in no epoch, and shares content with other members. */
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
  /** Sweeps since the pending bytes changed. */
  #sweeps = 0
  /** Pending bytes at the last sweep. */
  #sweptBytes = 0
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
      isPendingOld: () => this.#isPendingOld,
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

  /** A counter that each change increments. */
  get changes(): number {
    return this.#changes
  }

  /** Whether nothing was ever written. */
  get isEmpty(): boolean {
    return this.doc.store.clients.size === 0 && !this.hasGap()
  }

  /** The number of Yjs items, deleted ones included. */
  get items(): number {
    return [...this.doc.store.clients.values()].reduce((sum, { length }) => sum + length, 0)
  }

  /** 16 bytes that the caller must not change. Equal documents have equal hashes. */
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

  /** Number of times so far that pending parts of updates were dropped. */
  get drops(): number {
    return this.#drops
  }

  /** The number of clients that an update would add to the document. */
  newClients(update: Uint8Array): number {
    const { clients } = this.doc.store
    return clientsOf(update)?.filter(client => !clients.has(client)).length ?? 0
  }

  /**
   * `new`: the document has changed. `rejected`: the update is unreadable, would make the document too large, or Yjs
   * cannot apply the whole update.
   */
  apply(update: Uint8Array): 'new' | 'stale' | 'rejected' {
    if (!isReadable(update)) return 'rejected'
    if (this.digest.liveBytes + update.length > limits.maxDocumentBytes) return 'rejected'
    const [before, pendingBefore] = [this.#changes, pendingBytes(this.doc)]
    const restorePending = keepPending(this.doc)
    const isWhole = applyUpdate(this.doc, update, this.#options.origin, this.#reportError)
    // The app may have made more pending than other members may.
    this.#hasDropped = pendingBytes(this.doc) > Math.max(maxPendingBytes, pendingBefore)
    if (this.#hasDropped) {
      restorePending()
      this.#drops += 1
    }
    const pendingAfter = pendingBytes(this.doc)
    const hasChanged = this.#changes !== before
    if (hasChanged) {
      this.epochs.markShared()
      this.#options.applied?.(
        isWhole && pendingBefore + pendingAfter === 0 && !this.#hasDropped ? update : undefined,
      )
    }
    if (!isWhole) return 'rejected'
    if (hasChanged) return 'new'
    return this.#hasDropped ? 'rejected' : 'stale'
  }

  /**
   * Whether an update is missing that another member may have. Later content of its author is invisible until the missing
   * update arrives.
   */
  hasGap(): boolean {
    return this.#hasDropped || (pendingBytes(this.doc) > 0 && !this.#isPendingOld)
  }

  /** Called at intervals: no member seems to have the content that is still missing. */
  sweep(): void {
    const bytes = pendingBytes(this.doc)
    if (bytes > 0 && (bytes <= maxPendingBytes || !this.#isPendingOld)) this.#applyPending()
    const bytesAfter = pendingBytes(this.doc)
    const isSame = bytesAfter === this.#sweptBytes
    this.#sweptBytes = bytesAfter
    if (bytesAfter === 0 && !this.#hasDropped) this.#sweeps = 0
    else this.#sweeps = isSame ? this.#sweeps + 1 : 1
    if (this.#isPendingOld) this.#hasDropped = false
  }

  get #isPendingOld(): boolean {
    return this.#sweeps >= maxSweeps && pendingBytes(this.doc) === this.#sweptBytes
  }

  #applyPending(): void {
    const before = this.#changes
    applyPending(this.doc, this.#options.origin, this.#reportError)
    if (this.#changes === before) return
    this.epochs.markShared()
    this.#options.applied?.(undefined)
  }
}
