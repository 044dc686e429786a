/**
 * Kept epochs: where the epochs of one document lie in the store, and which of them counts.
 *
 * Under the path of a document lie the updates of the first epoch; those of a later one lie in a folder of its own, with
 * what it began with. An epoch counts as soon as its mark is there, which is written last. Updates of the epoch before
 * may be there still, if a process ended too early, or another one wrote on.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { KeyValueChange } from '../cluster/ports.ts'
import type { Lineage } from '../spaces/epochs/document-epochs.ts'
import {
  type Epoch,
  isLaterEpoch,
  isSameEpoch,
  named,
  type Past,
  printEpoch,
  readEpoch,
} from '../spaces/epochs/epoch.ts'

export type StoredUpdate = readonly [key: string, update: Uint8Array]

export interface StoredEpochs {
  /** The epoch that counts; undefined: the document was never synced. */
  readonly lineage: Lineage | undefined
  readonly updates: readonly StoredUpdate[]
  /** Of the epoch before. */
  readonly leftover: readonly StoredUpdate[]
  /** Keys that are of no use any more. */
  readonly obsolete: readonly string[]
  /** Replicas that could not be brought into an epoch, as updates. */
  readonly superseded: readonly StoredUpdate[]
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
      const folder = folders.get(folderName) ?? { mark: undefined, past: [], updates: [] }
      folders.set(folderName, folder)
      if (name === mark) folder.mark = entry[1]
      else if (name.startsWith(pastPrefix)) folder.past.push(entry)
      else folder.updates.push(entry)
    }
  }
  const epochs = [...folders.values()].map(folder => ({ ...folder, lineage: lineageOf(folder) }))
  const [latest] = epochs
    .filter(({ lineage }) => lineage)
    .sort((a, b) => (a.lineage && b.lineage && isLaterEpoch(a.lineage.epoch, b.lineage.epoch) ? -1 : 1))
  const current = latest ?? epochs.find(({ past }) => past.length === 0)
  const parent = current?.lineage?.past?.parent
  const isParent = ({ lineage }: { lineage: Lineage | undefined }) =>
    parent !== undefined && (lineage ? isSameEpoch(lineage.epoch, parent) : parent.number === 0)
  const others = epochs.filter(epoch => epoch !== current)
  return {
    lineage: current?.lineage,
    updates: current?.updates ?? [],
    leftover: others.filter(epoch => isParent(epoch)).flatMap(({ updates }) => updates),
    obsolete: others.flatMap(({ past, updates }) => [...past, ...updates].map(([key]) => key)),
    superseded,
  }
}

interface Folder {
  mark: Uint8Array | undefined
  readonly past: StoredUpdate[]
  readonly updates: StoredUpdate[]
}

function lineageOf({ mark, past }: Folder): Lineage | undefined {
  if (!mark) return undefined
  const [epoch, parent] = toText(mark).split(' ').map(readEpoch)
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
