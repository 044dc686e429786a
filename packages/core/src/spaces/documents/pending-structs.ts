/** Waiting: what a Yjs document keeps aside because something is missing that it builds upon. */
import type * as Y from 'yjs'

/** Bytes that wait. */
export function pendingBytes({ store }: Y.Doc): number {
  return (store.pendingStructs?.update.length ?? 0) + (store.pendingDs?.length ?? 0)
}

/** Whether nothing waits: what waits has no place among the structs of the document. */
export function isComplete({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null
}

export function dropPending({ store }: Y.Doc): void {
  store.pendingStructs = null
  store.pendingDs = null
}
