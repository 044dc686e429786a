/**
 * Apply update: applies an update to a document, even if an observer of the app throws.
 *
 * `reportError` receives errors that an observer throws after Yjs has applied the update. While structs are
 * missing, a Yjs document keeps the structs that depend on them separately, as pending. The functions below
 * read, drop and leave out pending structs.
 */
import * as Y from 'yjs'

/** Receives an error that an observer of the app has thrown. */
export type ReportError = (error: unknown) => void

/** Rethrows the error. For a document that the app cannot observe. */
export const throwError: ReportError = error => {
  throw error
}

/**
 * @returns false: Yjs cannot apply the whole update. Structs before the first invalid one may have been applied, as if they
 * were the whole update.
 */
export function applyUpdate(
  doc: Y.Doc,
  update: Uint8Array,
  origin: unknown,
  reportError: ReportError,
): boolean {
  return applyGuarded(doc, origin, () => Y.applyUpdate(doc, update), reportError)
}

/**
 * Applies updates in one transaction. The order of the updates does not matter.
 *
 * @param updates readable updates
 */
export function applyUpdates(
  doc: Y.Doc,
  updates: readonly Uint8Array[],
  origin: unknown,
  reportError: ReportError,
): void {
  const [only] = updates
  if (!only) return
  const merged = updates.length === 1 ? only : mergedUpdate(updates)
  for (const update of merged ? [merged] : updates) applyUpdate(doc, update, origin, reportError)
}

/** Undefined: Yjs cannot merge these updates. Different content under the same id is one reason. */
export function mergedUpdate(updates: readonly Uint8Array[]): Uint8Array | undefined {
  try {
    return Y.mergeUpdates([...updates])
  } catch {
    return undefined
  }
}

/** @param isLocal `change` writes under the client id of the document @returns false: `change` threw */
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
      transaction => {
        if (transaction.origin === origin) transaction.meta.set(applyGuarded, origin)
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

/** Whether the functions above began the transaction, with this origin. The app may begin transactions with the same origin. */
export function isAppliedBy(origin: unknown, { meta }: Pick<Y.Transaction, 'meta'>): boolean {
  return meta.has(applyGuarded) && meta.get(applyGuarded) === origin
}

/** Bytes of pending structs and deletions. */
export function pendingBytes({ store }: Y.Doc): number {
  return (store.pendingStructs?.update.length ?? 0) + (store.pendingDs?.length ?? 0)
}

/** What is pending, as one update; undefined if nothing is. */
export function pendingUpdate({ store }: Y.Doc): Uint8Array | undefined {
  const updates = [store.pendingStructs?.update, store.pendingDs].filter(
    update => update instanceof Uint8Array,
  )
  return updates.length === 0 ? undefined : Y.convertUpdateFormatV2ToV1(Y.mergeUpdatesV2(updates))
}

/** Whether nothing is pending. Pending structs are not among the structs of the document. */
export function isComplete({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null
}

export function dropPending({ store }: Y.Doc): void {
  store.pendingStructs = null
  store.pendingDs = null
}

/** Keeps a copy of what is pending, because Yjs changes it in place. @returns a function that makes it pending again */
export function keepPending({ store }: Y.Doc): () => void {
  const { pendingStructs: structs, pendingDs } = store
  const pendingStructs = structs && { missing: new Map(structs.missing), update: structs.update }
  return () => void Object.assign(store, { pendingStructs, pendingDs })
}

/**
 * Applies again what is pending: Yjs keeps a few structs pending although all on which they depend have arrived.
 *
 * @returns false: Yjs cannot apply it, and it is not pending any more
 */
export function applyPending(doc: Y.Doc, origin: unknown, reportError: ReportError): boolean {
  const { pendingStructs, pendingDs } = doc.store
  dropPending(doc)
  return [pendingStructs?.update, pendingDs].every(
    update => !update || applyGuarded(doc, origin, () => Y.applyUpdateV2(doc, update), reportError),
  )
}

/**
 * The content of the document as one update, without pending structs and deletions. Yjs would merge these into the update,
 * and a pending struct may replace the struct that the document contains under the same id.
 */
export function encodeWithoutPending(doc: Y.Doc): Uint8Array {
  const { store } = doc
  const { pendingStructs, pendingDs } = store
  dropPending(doc)
  const update = Y.encodeStateAsUpdate(doc)
  Object.assign(store, { pendingStructs, pendingDs })
  return update
}
