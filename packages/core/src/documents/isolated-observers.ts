/**
 * Isolated observers: an observer of a document, its provider or its awareness that throws does not stop the others.
 *
 * Yjs itself calls no further observer after one that throws. If an observer of `update` throws, the document never
 * emits any event again, neither to its provider nor to an editor.
 */
import type { ObservableV2 } from 'lib0/observable'
import type * as Y from 'yjs'
import { callApp } from '../runtime/app-calls.ts'

type Observable = Pick<ObservableV2<Record<string, (...details: unknown[]) => void>>, '_observers'>

/** Calls the present observers, except those that another observer removes meanwhile. */
export function emitIsolated(observable: Observable, name: string, details: readonly unknown[]): void {
  for (const observer of [...(observable._observers.get(name) ?? [])])
    if (observable._observers.get(name)?.has(observer)) callApp(() => observer(...details))
}

/** Isolates the observers of this document from each other. */
export function isolateObservers(doc: Y.Doc): void {
  doc.emit = (name, details) => emitIsolated(doc, name, details)
}

/**
 * Calls `collect` before the observers of each transaction: one of them may destroy the document, or leave the room. Yjs removes
 * all observers when the document is destroyed, so `collect` is added again for the transactions that begin afterwards.
 */
export function collectTransactions(doc: Y.Doc, collect: (transaction: Y.Transaction) => void): void {
  const observe = () => doc.on('beforeObserverCalls', collect)
  const destroy = doc.destroy.bind(doc)
  observe()
  doc.destroy = () => {
    destroy()
    doc.once('beforeTransaction', observe)
  }
}
