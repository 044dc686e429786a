/**
 * Id map: maps the Yjs ids that content had before a compaction to the ids that the same content has after it, or back.
 *
 * Compaction gives new ids to all units of a base, the content with which an epoch starts. A map leads in one
 * direction: into an epoch, or out of it. A map depends only on the epoch and its base, so all replicas translate in
 * the same way.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import * as Y from 'yjs'
import type { IdRange, SharedType } from './retained-runs.ts'

/** The id of an epoch, and the client id of the base's content within the epoch. */
export interface EpochIds {
  readonly id: Uint8Array
  readonly client: number
}

/** "Old" and "new" ids are the ids before and after the translation, in either direction. */
export interface IdMap {
  /** The state of the base under old ids: client → clock. */
  readonly state: ReadonlyMap<number, number>
  /** The old ids of the units that the epoch retained of the base, in the order of their ids within the epoch. */
  readonly runs: readonly IdRange[]
  /** The new id of a unit of the base. Undefined: the epoch did not retain the unit. */
  exact(id: Y.ID): Y.ID | undefined
  /**
   * The predecessor of a value of a map key, if the epoch retained no earlier value of the key. The predecessor is the last
   * unit of the key in the base with new ids, even if that unit is deleted. Null: the base with new ids has no unit of the key.
   */
  afterDropped(value: Y.Item): Y.ID | null
  /** The new client id for this client's content beyond the base. */
  clientOf(client: number): number
  /** The clock at which this client's content beyond the base begins under the new client id. */
  clockOf(client: number): number
}

interface OffsetRange extends IdRange {
  /** The first clock of the range within the epoch. */
  readonly epochClock: number
}

/** From the ids before an epoch to the ids within the epoch. */
export function mapInto({ id, client }: EpochIds, base: Y.Doc, runs: readonly IdRange[]): IdMap {
  const rangesByClient = new Map<number, OffsetRange[]>()
  for (const run of offsetRuns(runs)) {
    const ofClient = rangesByClient.get(run.client)
    if (ofClient) ofClient.push(run)
    else rangesByClient.set(run.client, [run])
  }
  for (const ranges of rangesByClient.values()) ranges.sort((a, b) => a.clock - b.clock)
  return {
    state: stateOf(base),
    runs,
    exact(old) {
      const range = rangeAt(rangesByClient.get(old.client) ?? [], old.clock)
      return range && Y.createID(client, range.epochClock + old.clock - range.clock)
    },
    // Within the epoch, the base has no deleted values of keys.
    afterDropped: () => null,
    clientOf: old => intoClient(id, old),
    clockOf: () => 0,
  }
}

/** From the ids within an epoch back to the ids before the epoch. */
export function mapOutOf({ id, client }: EpochIds, base: Y.Doc, runs: readonly IdRange[]): IdMap {
  const state = stateOf(base)
  const epochRuns = offsetRuns(runs).map(run => ({ client, clock: run.epochClock, len: run.len, run }))
  const { clock, len } = epochRuns.at(-1) ?? { clock: 0, len: 0 }
  const exact = (id: Y.ID): Y.ID | undefined => {
    const range = id.client === client ? rangeAt(epochRuns, id.clock) : undefined
    return range && Y.createID(range.run.client, range.run.clock + id.clock - range.clock)
  }
  return {
    state: new Map([[client, clock + len]]),
    runs: epochRuns,
    exact,
    afterDropped({ parent, parentSub }) {
      const type = parent instanceof Y.AbstractType ? counterpart(parent, base, exact) : undefined
      return type?._map.get(parentSub ?? '')?.lastId ?? null
    },
    // Content that was translated into the epoch gets its former ids back, because other replicas may contain the
    // content under those ids.
    clientOf: old => clientBefore(id, old) ?? clientIdOf(id, `out of ${old}`),
    clockOf: old => state.get(clientBefore(id, old) ?? -1) ?? 0,
  }
}

/** The same type in the base, where units have the ids from before the epoch. */
function counterpart(type: SharedType, base: Y.Doc, exact: IdMap['exact']): SharedType | undefined {
  if (!type._item) return base.share.get(Y.findRootTypeKey(type))
  const id = exact(type._item.id)
  const item = id && Y.getItem(base.store, id)
  return item instanceof Y.Item && item.content instanceof Y.ContentType ? item.content.type : undefined
}

/** A client id that is the same on all members: 48 bits of a hash plus 2^48, so greater than all ids that Yjs draws. */
export function clientIdOf(epoch: Uint8Array, label: string): number {
  const digest = sha256(concat([epoch, fromString(label)]))
  return digest.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) + 2 ** 48
}

/** Each translation into an epoch adds this to a client id, and changes the 48 bits below. */
const step = 2 ** 48

/** The client id within an epoch for a client from before the epoch. `clientBefore` is the inverse function. */
function intoClient(epoch: Uint8Array, client: number): number {
  const into = (Math.floor(client / step) + 1) * step + masked(epoch, client % step)
  return into <= Number.MAX_SAFE_INTEGER ? into : clientIdOf(epoch, `into ${client}`)
}

/** The client from before an epoch to which a client id within the epoch belongs. Undefined: Yjs drew the client id. */
function clientBefore(epoch: Uint8Array, client: number): number | undefined {
  if (client < step) return undefined
  return (Math.floor(client / step) - 1) * step + masked(epoch, client % step)
}

/** Exclusive or of 48 bits with a mask of the epoch. Applying it twice gives the original bits. */
function masked(epoch: Uint8Array, bits: number): number {
  const mask = clientIdOf(epoch, 'into') - step
  const high = Math.floor(bits / 2 ** 32) ^ Math.floor(mask / 2 ** 32)
  const low = (bits % 2 ** 32) ^ (mask % 2 ** 32)
  return (high >>> 0) * 2 ** 32 + (low >>> 0)
}

/** The state of a document: client → clock. */
export function stateOf(doc: Y.Doc): Map<number, number> {
  return new Map([...doc.store.clients.keys()].map(client => [client, Y.getState(doc.store, client)]))
}

function offsetRuns(runs: readonly IdRange[]): OffsetRange[] {
  let end = 0
  return runs.map(run => {
    end += run.len
    return { ...run, epochClock: end - run.len }
  })
}

/** Finds the range that contains this clock among the ranges of one client, which are sorted by clock. */
function rangeAt<Range extends IdRange>(ranges: readonly Range[], clock: number): Range | undefined {
  let [from, to] = [0, ranges.length]
  while (from < to) {
    const middle = (from + to) >> 1
    const range = ranges[middle]
    if (!range) return undefined
    if (clock < range.clock) to = middle
    else if (clock >= range.clock + range.len) from = middle + 1
    else return range
  }
  return undefined
}
