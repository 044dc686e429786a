/**
 * Replace content: replaces the whole content of a document, so that it has the ids of another replica.
 *
 * Deleted content stays in a Yjs document as ids. Later insertions would refer to these ids, which the other replica does not
 * know. So this code removes the ids from the document, too. Observers see all content disappear and reappear.
 */
import { applyGuarded, applyUpdate, reportAppError } from '@hearsay/core/app'
import { uint32 } from 'lib0/random'
import type * as Y from 'yjs'

/** @param update the whole document with the new ids */
export function replaceContent(doc: Y.Doc, update: Uint8Array, origin: unknown): void {
  applyGuarded(doc, origin, () => doc.transact(transaction => deleteAll(doc, transaction)), reportAppError)
  const { store } = doc
  store.clients.clear()
  store.pendingStructs = null
  store.pendingDs = null
  for (const type of doc.share.values()) {
    type._start = null
    type._map = new Map()
    type._length = 0
    type._searchMarker = type._searchMarker && []
  }
  doc.clientID = uint32()
  applyUpdate(doc, update, origin, reportAppError)
}

function deleteAll({ share }: Y.Doc, transaction: Y.Transaction): void {
  for (const type of share.values()) {
    for (let item = type._start; item; item = item.right) if (!item.deleted) item.delete(transaction)
    for (const item of type._map.values()) if (!item.deleted) item.delete(transaction)
  }
}
