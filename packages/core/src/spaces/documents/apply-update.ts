/**
 * Apply update: brings an update into a document whatever the app's observers do.
 *
 * What an observer throws is handed to `reportError`. Yjs has applied the update by then.
 */
import * as Y from 'yjs'

/** Takes an error that an observer of the app has thrown. */
export type ReportError = (error: unknown) => void

/** For a document that the app cannot observe. */
export const throwError: ReportError = error => {
  throw error
}

/** @returns false: the update cannot be applied, and nothing was changed */
export function applyUpdate(
  doc: Y.Doc,
  update: Uint8Array,
  origin: unknown,
  reportError: ReportError,
): boolean {
  return applyGuarded(doc, origin, () => Y.applyUpdate(doc, update), reportError)
}

/** @param isLocal it writes under the client id of the document @returns false: `change` threw */
export function applyGuarded(
  doc: Y.Doc,
  origin: unknown,
  change: () => void,
  reportError: ReportError,
  isLocal = false,
): boolean {
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
    reportError(error)
  }
  return true
}
