/**
 * Isolated observers: those of a document, its provider and its awareness, of which one that throws stops no other.
 *
 * Yjs itself calls no observer after one that throws. If that is one of `update`, the document never emits anything
 * again, neither to its provider nor to an editor.
 */
import type { ObservableV2 } from 'lib0/observable'
import type * as Y from 'yjs'
import { callApp } from '../runtime/app-calls.ts'

type Observable = Pick<ObservableV2<Record<string, (...details: unknown[]) => void>>, '_observers'>

/** Calls the observers that there are now, but none that another one removes. */
export function emitIsolated(observable: Observable, name: string, details: readonly unknown[]): void {
  for (const observer of [...(observable._observers.get(name) ?? [])])
    if (observable._observers.get(name)?.has(observer)) callApp(() => observer(...details))
}

/** From now on the observers of this document are isolated from each other. */
export function isolateObservers(doc: Y.Doc): void {
  doc.emit = (name, details) => emitIsolated(doc, name, details)
}
