/**
 * Stored epochs: the layout of the epochs of one document in the store, and which of them is current.
 *
 * The updates of the first epoch are directly under the path of the document. Each later epoch has a folder with its
 * initial state and its updates. An epoch becomes current when its mark is stored, which is written last. Updates of
 * another epoch, and even its mark, may remain if a process ended too early, or if another process continued to write in an
 * epoch that this one had left. Therefore the name of the folder identifies the epoch.
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
  /** The current epoch; undefined if the document was never synced. */
  readonly lineage: Lineage | undefined
  readonly updates: readonly StoredUpdate[]
  /** Updates of other epochs, each epoch separately. */
  readonly leftovers: readonly Leftover[]
  /** Keys that are obsolete. */
  readonly obsolete: readonly string[]
  /** Replicas that could not be translated into an epoch, as updates. */
  readonly superseded: readonly StoredUpdate[]
}

/** Updates of an epoch that is not current, which may contain changes that exist nowhere else. */
export interface Leftover {
  readonly updates: readonly StoredUpdate[]
  /**
   * How to translate the updates into the current epoch: they belong to the epoch before it; they belong to an epoch that
   * began from the same one; or the store does not contain enough to translate them.
   */
  readonly kind: 'parent' | 'sibling' | 'other'
  readonly lineage: Lineage | undefined
}

const mark = 'epoch'
const pastPrefix = 'past-'
const supersededPrefix = 'superseded-'

/** Reads the layout. @param stored everything under the path of a document, in the order of the keys */
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

/** The process ended before the whole epoch was written: its changes are still in the current epoch. */
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

/** Path of the updates of an epoch. */
export function epochPath(prefix: string, epoch: Epoch | undefined): string {
  return epoch && epoch.number > 0 ? `${prefix}/${printEpoch(epoch)}` : prefix
}

/** The values of an epoch besides its updates. The mark, which makes the epoch current, comes last. */
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
