/**
 * Apply update: brings an update into a document whatever the app's observers do.
 *
 * What an observer throws is reported. Yjs has applied the update by then.
 */
import * as Y from 'yjs'
import { reportAppError } from '../../runtime/app-calls.ts'

/** @returns false: the update cannot be applied, and nothing was changed */
export function applyUpdate(doc: Y.Doc, update: Uint8Array, origin: unknown): boolean {
  return applied(doc, origin, () => Y.applyUpdate(doc, update))
}

/** @param isLocal it writes under the client id of the document @returns false: `change` threw */
export function applied(doc: Y.Doc, origin: unknown, change: () => void, isLocal = false): boolean {
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
    reportAppError(error)
  }
  return true
}
