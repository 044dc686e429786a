/** Pending structs: structs that a Yjs document keeps apart, because structs that they depend on are missing. */
import type * as Y from 'yjs'

/** Bytes of pending structs and deletions. */
export function pendingBytes({ store }: Y.Doc): number {
  return (store.pendingStructs?.update.length ?? 0) + (store.pendingDs?.length ?? 0)
}

/** Whether nothing is pending. Pending structs are not among the structs of the document. */
export function isComplete({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null
}

export function dropPending({ store }: Y.Doc): void {
  store.pendingStructs = null
  store.pendingDs = null
}
