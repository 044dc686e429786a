/**
 * Kept epochs: where the epochs of one document lie in the store, and which of them counts.
 *
 * Under the path of a document lie the updates of the first epoch; those of a later one lie in a folder of its own, with
 * what it began with. An epoch counts as soon as its mark is there, which is written last. Updates of other epochs may be
 * there still, if a process ended too early, or another one wrote on in one that this one had left, mark and all. So a
 * folder's name says which epoch it is.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { Lineage } from '../spaces/documents/epochs/document-epochs.ts'
import {
  type Epoch,
  isLaterEpoch,
  isSameEpoch,
  named,
  type Past,
  printEpoch,
  readEpoch,
} from '../spaces/documents/epochs/epoch.ts'
import type { KeyValueChange } from './key-values.ts'

export type StoredUpdate = readonly [key: string, update: Uint8Array]

export interface StoredEpochs {
  /** The epoch that counts; undefined: the document was never synced. */
  readonly lineage: Lineage | undefined
  readonly updates: readonly StoredUpdate[]
  /** Of other epochs, each by itself. */
  readonly leftovers: readonly Leftover[]
  /** Keys that are of no use any more. */
  readonly obsolete: readonly string[]
  /** Replicas that could not be brought into an epoch, as updates. */
  readonly superseded: readonly StoredUpdate[]
}

/** Updates of an epoch that does not count any more, which may hold something that is nowhere else. */
export interface Leftover {
  readonly updates: readonly StoredUpdate[]
  /**
   * How to bring it into the present epoch: it is of the epoch that this one began with; it is of an epoch that began
   * with the same one; or nothing that is stored tells how.
   */
  readonly kind: 'parent' | 'sibling' | 'other'
  readonly lineage: Lineage | undefined
}

const mark = 'epoch'
const pastPrefix = 'past-'
const supersededPrefix = 'superseded-'

/** @param stored everything under the path of a document, in the order of the keys */
export function readEpochs(prefix: string, stored: readonly StoredUpdate[]): StoredEpochs {
  const folders = new Map<string, Folder>()
  const superseded: StoredUpdate[] = []
  for (const entry of stored) {
    const [name = '', folderName = ''] = entry[0]
      .slice(prefix.length + 1)
      .split('/')
      .reverse()
    if (name.startsWith(supersededPrefix)) superseded.push(entry)
    else {
      const folder = folders.get(folderName) ?? { name: folderName, marks: [], past: [], updates: [] }
      folders.set(folderName, folder)
      if (name === mark) folder.marks.push(entry)
      else if (name.startsWith(pastPrefix)) folder.past.push(entry)
      else folder.updates.push(entry)
    }
  }
  const epochs = [...folders.values()].map(folder => ({ ...folder, lineage: lineageOf(folder) }))
  const [latest] = epochs
    .filter(({ lineage }) => lineage)
    .sort((a, b) => (a.lineage && b.lineage && isLaterEpoch(a.lineage.epoch, b.lineage.epoch) ? -1 : 1))
  const current = latest ?? epochs.find(({ past }) => past.length === 0)
  const others = epochs.filter(epoch => epoch !== current)
  return {
    lineage: current?.lineage,
    updates: current?.updates ?? [],
    leftovers: others
      .filter(other => other.updates.length > 0 && !isUnfinished(other, current?.lineage))
      .map(other => ({ ...other, kind: kindOf(other, current?.lineage?.past?.parent) })),
    obsolete: others.flatMap(({ marks, past, updates }) =>
      [...marks, ...past, ...updates].map(([key]) => key),
    ),
    superseded,
  }
}

interface Folder {
  readonly name: string
  readonly marks: StoredUpdate[]
  readonly past: StoredUpdate[]
  readonly updates: StoredUpdate[]
}

interface StoredEpoch extends Folder {
  readonly lineage: Lineage | undefined
}

/** The process ended before all of it was written: it is still in the epoch that counts. */
function isUnfinished({ name, lineage }: StoredEpoch, current: Lineage | undefined): boolean {
  return !lineage && current !== undefined && (readEpoch(name)?.number ?? -1) >= current.epoch.number
}

function kindOf({ name, lineage }: StoredEpoch, parent: Epoch | undefined): Leftover['kind'] {
  if (!parent) return 'other'
  if (name === (parent.number > 0 ? printEpoch(parent) : '')) return 'parent'
  return isSameEpoch(lineage?.past?.parent, parent) ? 'sibling' : 'other'
}

function lineageOf({ marks, past }: Folder): Lineage | undefined {
  const [mark] = marks
  if (!mark) return undefined
  const [epoch, parent] = toText(mark[1]).split(' ').map(readEpoch)
  if (!epoch) return undefined
  return {
    epoch: named(epoch),
    ...(parent && { past: { parent: named(parent), updates: past.map(([, update]) => update) } }),
  }
}

/** Where the updates of an epoch lie. */
export function epochPath(prefix: string, epoch: Epoch | undefined): string {
  return epoch && epoch.number > 0 ? `${prefix}/${printEpoch(epoch)}` : prefix
}

/** What is stored of an epoch beside its updates; the mark, which makes it count, is the last. */
export function lineageChanges(prefix: string, { epoch, past }: Lineage): KeyValueChange[] {
  const path = epochPath(prefix, epoch)
  return [...pastChanges(path, past), { key: `${path}/${mark}`, value: fromString(markOf(epoch, past)) }]
}

function pastChanges(path: string, past: Past | undefined): KeyValueChange[] {
  return (past?.updates ?? []).map((value, i) => ({
    key: `${path}/${pastPrefix}${String(i).padStart(6, '0')}`,
    value,
  }))
}

const markOf = (epoch: Epoch, past: Past | undefined): string =>
  past ? `${printEpoch(epoch)} ${printEpoch(past.parent)}` : printEpoch(epoch)

export function supersededKey(prefix: string, number: string): string {
  return `${prefix}/${supersededPrefix}${number}`
}
