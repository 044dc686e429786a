/**
 * Leftover updates: updates of another epoch that the store still contains, translated into the current epoch.
 *
 * Leftover updates may contain changes that exist nowhere else.
 */
import * as Y from 'yjs'
import type { Lineage } from '../spaces/documents/epochs/document-epochs.ts'
import { broughtInto, docOf, undoEpoch } from '../spaces/documents/epochs/rebase.ts'
import type { Leftover } from './stored-epochs.ts'

/** Our choice: number of updates that are merged at once. */
const maxMerged = 256

/**
 * Translates updates into the current epoch.
 *
 * @param clientID the client id of the translated changes
 * @returns undefined: the store does not contain enough for that
 */
export function translateLeftover(
  { kind, lineage, updates }: Leftover,
  current: Lineage | undefined,
  clientID: number,
): Uint8Array[] | undefined {
  const { past, epoch } = current ?? {}
  if (!past || !epoch || kind === 'other') return undefined
  const stored = updates.map(([, update]) => update)
  try {
    if (kind === 'parent') return broughtInto(epoch, past, mergeAll(stored))
    if (!lineage?.past) return undefined
    const [doc, base] = [docOf(stored), docOf(lineage.past.updates)]
    doc.clientID = clientID
    const before = undoEpoch({ doc, base, epoch: lineage.epoch })
    return broughtInto(epoch, past, Y.encodeStateAsUpdate(before))
  } catch {
    // Yjs cannot apply the stored updates.
    return undefined
  }
}

/** Merges in groups, because Yjs compares all updates that it merges with each other. */
export function mergeAll(updates: readonly Uint8Array[]): Uint8Array {
  if (updates.length <= maxMerged) return Y.mergeUpdates([...updates])
  const groups: Uint8Array[] = []
  for (let i = 0; i < updates.length; i += maxMerged)
    groups.push(Y.mergeUpdates(updates.slice(i, i + maxMerged)))
  return mergeAll(groups)
}
