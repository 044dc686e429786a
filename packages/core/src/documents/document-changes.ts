/**
 * Document changes: what transactions have changed since the last `take`, as clocks and deletions.
 *
 * The changes themselves stay in the document. The changes are encoded in chunks when they are needed, so that a paste of
 * 30 MB is never encoded at once. The encoder reads the present state of the document, so it misses no change, but
 * may encode a change twice.
 */
import * as Y from 'yjs'
import { changedClients } from '../spaces/documents/changed-clients.ts'
import type { DeletedRange } from '../spaces/documents/deletion-ranges.ts'
import { stateOf } from '../spaces/documents/epochs/id-map.ts'
import { updateChunks } from '../spaces/documents/update-chunks.ts'
import { replaceNew } from './encodable-values.ts'

/** The part of a transaction from which changes are collected. */
export type CollectedTransaction = Pick<Y.Transaction, 'beforeState' | 'afterState' | 'deleteSet'>

/** The part of a transaction that shows who changed the document. */
export type TransactionOrigin = Pick<Y.Transaction, 'origin' | 'meta'>

/** What the open transaction of a document has changed so far, ready to be encoded; undefined: none is open. */
export function openTransaction(doc: Y.Doc): (CollectedTransaction & TransactionOrigin) | undefined {
  const { _transaction: open } = doc
  if (!open) return undefined
  const { beforeState, deleteSet, origin, meta } = open
  const clocks = { beforeState, afterState: stateOf(doc) }
  replaceNew(open, clocks)
  return { ...clocks, deleteSet, origin, meta }
}

export class DocumentChanges {
  readonly #doc: Y.Doc
  /** Client → the first clock that changed. */
  #since = new Map<number, number>()
  #deletions = new Map<number, DeletedRange[]>()

  constructor(doc: Y.Doc) {
    this.#doc = doc
  }

  get isEmpty(): boolean {
    return this.#since.size === 0 && this.#deletions.size === 0
  }

  /** The number of clients whose insertions are among the changes. */
  get clients(): number {
    return this.#since.size
  }

  collect(transaction: CollectedTransaction): void {
    for (const { client, before } of changedClients(transaction))
      this.#since.set(client, Math.min(before, this.#since.get(client) ?? before))
    for (const [client, ranges] of transaction.deleteSet.clients) {
      const known = this.#deletions.get(client)
      if (known) known.push(...ranges)
      else this.#deletions.set(client, [...ranges])
    }
  }

  /** Moves the changes of `other` into this object. */
  add(other: DocumentChanges): void {
    for (const [client, clock] of other.#since)
      this.#since.set(client, Math.min(clock, this.#since.get(client) ?? clock))
    for (const [client, ranges] of other.#deletions)
      this.#deletions.set(client, [...(this.#deletions.get(client) ?? []), ...ranges])
    other.clear()
  }

  /**
   * Encodes the changes one by one, and clears them.
   *
   * @param maxBytes approximate bytes of the first update
   * @param growTo bytes of the longest update: each update is twice as long as the one before
   */
  take(maxBytes: number, growTo: number = maxBytes): Iterator<Uint8Array, void, undefined> {
    const since = this.#since
    const until = new Map([...since.keys()].map(client => [client, Y.getState(this.#doc.store, client)]))
    const deletions = this.#deletions
    const newClients = [...since.values()].filter(clock => clock === 0).length
    const receiverClients = this.#doc.store.clients.size - newClients
    this.clear()
    return updateChunks(this.#doc, { since, until, deletions, maxBytes, growTo, receiverClients })
  }

  clear(): void {
    this.#since = new Map()
    this.#deletions = new Map()
  }
}
