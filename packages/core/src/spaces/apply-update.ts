/**
 * Apply update: brings an update into a document whatever the app's observers do.
 *
 * What an observer throws is reported as an event target reports it. Yjs has applied the update by then.
 */
import * as Y from 'yjs'

/** @returns false: the update cannot be applied, and nothing was changed */
export function applyUpdate(doc: Y.Doc, update: Uint8Array, origin: unknown): boolean {
  return transacted(doc, origin, false, () => Y.applyUpdate(doc, update))
}

/** @param isLocal this member writes, under the document's client id @returns false: `change` threw */
export function transacted(doc: Y.Doc, origin: unknown, isLocal: boolean, change: () => void): boolean {
  let isApplied = false
  try {
    Y.transact(
      doc,
      () => {
        change()
        isApplied = true
      },
      origin,
      isLocal,
    )
  } catch (error) {
    if (!isApplied) return false
    queueMicrotask(() => {
      throw error
    })
  }
  return true
}
