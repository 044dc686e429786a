/**
 * Stored epochs: under which keys the store keeps the epochs of one document, and which of these epochs is current.
 *
 * The updates of the first epoch have keys directly under the path of the document. Each later epoch has a folder with
 * its initial content (its *past*) and its updates. The *commit marker* of an epoch is written after all other
 * values. The marker makes the epoch current.
 *
 * Values of another epoch, its commit marker included, may remain in the store for two reasons. Either a process ended
 * before it had deleted them, or a second process with the same store wrote them after this process had left that epoch.
 * Therefore the name of a folder contains the number and the id of its epoch.
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
  /** The current epoch. Undefined: the document is not in an epoch yet. */
  readonly lineage: Lineage | undefined
  /** The updates of the current epoch. */
  readonly updates: readonly StoredUpdate[]
  /** The updates of other epochs, with one element for each epoch. */
  readonly leftovers: readonly Leftover[]
  /** All keys of other epochs. The caller deletes them after it has translated the leftovers. */
  readonly obsolete: readonly string[]
  /** Replicas that could not be translated into an epoch, each as one update. */
  readonly superseded: readonly StoredUpdate[]
}

/** The updates of an epoch that is not current. The updates may contain changes that no other replica contains. */
export interface Leftover {
  readonly updates: readonly StoredUpdate[]
  /**
   * The relation of the epoch to the current one, which decides how to translate the updates.
   *
   * - `parent`: the current epoch followed this epoch.
   * - `sibling`: both epochs followed the same epoch.
   * - `other`: the store does not show that this epoch is the parent or a sibling, so its updates cannot be translated.
   */
  readonly kind: 'parent' | 'sibling' | 'other'
  readonly lineage: Lineage | undefined
}

const commitMarker = 'epoch'
const pastPrefix = 'past-'
const supersededPrefix = 'superseded-'

/** Sorts the stored values of a document by epoch. @param stored all values under its path, in the order of the keys */
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
      const folder = folders.get(folderName) ?? { name: folderName, markers: [], past: [], updates: [] }
      folders.set(folderName, folder)
      if (name === commitMarker) folder.markers.push(entry)
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
    obsolete: others.flatMap(({ markers, past, updates }) =>
      [...markers, ...past, ...updates].map(([key]) => key),
    ),
    superseded,
  }
}

/** The values of one epoch. */
interface Folder {
  /** The printed epoch; empty for the first epoch. */
  readonly name: string
  readonly markers: StoredUpdate[]
  readonly past: StoredUpdate[]
  readonly updates: StoredUpdate[]
}

interface StoredEpoch extends Folder {
  /** Undefined: the folder has no valid commit marker. */
  readonly lineage: Lineage | undefined
}

/**
 * Whether a process ended before it had written the whole epoch. All changes in such an epoch are also stored in the
 * current epoch.
 */
function isUnfinished({ name, lineage }: StoredEpoch, current: Lineage | undefined): boolean {
  return !lineage && current !== undefined && (readEpoch(name)?.number ?? -1) >= current.epoch.number
}

function kindOf({ name, lineage }: StoredEpoch, parent: Epoch | undefined): Leftover['kind'] {
  if (!parent) return 'other'
  if (name === (parent.number > 0 ? printEpoch(parent) : '')) return 'parent'
  return isSameEpoch(lineage?.past?.parent, parent) ? 'sibling' : 'other'
}

function lineageOf({ markers, past }: Folder): Lineage | undefined {
  const [marker] = markers
  if (!marker) return undefined
  const [epoch, parent] = toText(marker[1]).split(' ').map(readEpoch)
  if (!epoch) return undefined
  return {
    epoch: named(epoch),
    ...(parent && { past: { parent: named(parent), updates: past.map(([, update]) => update) } }),
  }
}

/** The path under which the updates of an epoch are stored. */
export function epochPath(prefix: string, epoch: Epoch | undefined): string {
  return epoch && epoch.number > 0 ? `${prefix}/${printEpoch(epoch)}` : prefix
}

/** The writes that store an epoch without its updates. The commit marker is last, because it makes the epoch current. */
export function lineageChanges(prefix: string, { epoch, past }: Lineage): KeyValueChange[] {
  const path = epochPath(prefix, epoch)
  return [
    ...pastChanges(path, past),
    { key: `${path}/${commitMarker}`, value: fromString(markerOf(epoch, past)) },
  ]
}

function pastChanges(path: string, past: Past | undefined): KeyValueChange[] {
  return (past?.updates ?? []).map((value, i) => ({
    key: `${path}/${pastPrefix}${String(i).padStart(6, '0')}`,
    value,
  }))
}

const markerOf = (epoch: Epoch, past: Past | undefined): string =>
  past ? `${printEpoch(epoch)} ${printEpoch(past.parent)}` : printEpoch(epoch)

export function supersededKey(prefix: string, number: string): string {
  return `${prefix}/${supersededPrefix}${number}`
}
