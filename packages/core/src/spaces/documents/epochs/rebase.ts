/**
 * Rebase: moves a replica into an epoch, in place.
 *
 * A replica that equals the base is compacted and shows the same content as before. If a replica has content beyond the
 * base, that content is deleted, and the base is compacted. Then the content is inserted again under new ids, in one
 * transaction.
 */
import * as Y from 'yjs'
import { applyGuarded, applyUpdate, isComplete, type ReportError, throwError } from '../apply-update.ts'
import { encodeDeletions } from '../deletion-ranges.ts'
import { compact } from './document-compaction.ts'
import { type EpochIds, mapInto, mapOutOf, stateOf } from './id-map.ts'
import { contestedValues, restoreValues } from './key-values.ts'
import { allTypes, retainedRuns } from './retained-runs.ts'
import { idBeyond, rangesBeyond, translate } from './translation.ts'

/** @param doc equals the base */
export function compactBase(doc: Y.Doc, { client }: EpochIds): void {
  compact(doc, retainedRuns(doc), client)
}

export interface Rebase {
  readonly doc: Y.Doc
  /** The whole document at the start of the epoch, with the ids from before the epoch. */
  readonly base: Y.Doc
  readonly epoch: EpochIds
  /** Origin of the transactions. */
  readonly origin: unknown
  /** Called when the ids have changed. */
  readonly compacted: () => void
  /**
   * If true, the rebase writes nothing under the document's client id, and another member restores the values
   * of keys.
   */
  readonly isCarried?: boolean
  /** Receives errors that the app's observers throw. */
  readonly reportError: ReportError
}

/**
 * @param options.doc has the ids from before the epoch, and nothing is pending in it
 * @returns false: the base cannot be applied to the document
 */
export function rebase(options: Rebase): boolean {
  const { doc, base, epoch, origin, compacted, isCarried = false, reportError } = options
  const runs = retainedRuns(base)
  applyUpdate(doc, Y.encodeStateAsUpdate(base, Y.encodeStateVector(doc)), origin, reportError)
  const map = mapInto(epoch, base, runs)
  for (const [client, clock] of map.state) if (Y.getState(doc.store, client) < clock) return false
  const updates = translate(doc, map)
  const values = isCarried ? [] : [...contestedValues(allTypes(doc), id => idBeyond(id, map))]
  const before = stateOf(doc)
  erase(doc, map.state, origin, reportError)
  // Also translate what the app's observers wrote in response.
  if (rangesBeyond(doc, before).next().value) updates.push(...translate(doc, map, before))
  compact(doc, runs, epoch.client)
  compacted()
  applyGuarded(
    doc,
    origin,
    () => {
      for (const update of updates) Y.applyUpdate(doc, update)
    },
    reportError,
  )
  restoreValues(doc, values, origin, reportError)
  return true
}

/** Deletes everything beyond this state, in one transaction. */
export function erase(
  doc: Y.Doc,
  state: ReadonlyMap<number, number>,
  origin: unknown,
  reportError: ReportError,
): void {
  const ranges = [...rangesBeyond(doc, state)].sort((a, b) => b.client - a.client)
  if (ranges.length === 0) return
  applyUpdate(
    doc,
    encodeDeletions(ranges.map(({ client, ...range }) => [client, [range]])),
    origin,
    reportError,
  )
}

/**
 * The content that an update from before an epoch adds to the base, as updates within the epoch.
 *
 * @returns undefined: the update depends on something that is neither in the base nor in the update
 */
export function broughtInto(
  epoch: EpochIds,
  { updates }: { updates: readonly Uint8Array[] },
  update: Uint8Array,
): Uint8Array[] | undefined {
  const [base, doc] = [docOf(updates), docOf([...updates, update])]
  if (!isComplete(doc)) return undefined
  return translate(doc, mapInto(epoch, base, retainedRuns(base)))
}

export interface UndoneEpoch {
  readonly doc: Y.Doc
  readonly base: Y.Doc
  readonly epoch: EpochIds
  readonly isCarried?: boolean
}

/** The replica as it would be if the epoch had not begun, with the ids from before the epoch. */
export function undoEpoch({ doc, base, epoch, isCarried = false }: UndoneEpoch): Y.Doc {
  const map = mapOutOf(epoch, base, retainedRuns(base))
  const updates = translate(doc, map)
  const values = isCarried ? [] : [...contestedValues(allTypes(doc), id => idBeyond(id, map))]
  const before = new Y.Doc()
  // This client id was drawn when the epoch began, so nothing was ever written under it outside of the epoch.
  before.clientID = doc.clientID
  Y.applyUpdate(before, Y.encodeStateAsUpdate(base))
  for (const update of updates) Y.applyUpdate(before, update)
  restoreValues(before, values, undefined, throwError)
  return before
}

/** A document made from these updates. */
export function docOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  // One transaction: each transaction costs time for every client of the document.
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update)
  })
  return doc
}
