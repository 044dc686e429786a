/**
 * Id map: which ids the units of a base have before and within an epoch.
 *
 * The map depends on the base alone, so all replicas translate in the same way.
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

export interface IdMap {
  /** The state of the base: client → clock. */
  readonly state: ReadonlyMap<number, number>
  /** The retained units of the base, in the order of their ids within the epoch. */
  readonly runs: readonly IdRange[]
  /** The id to which the map translates a unit of the base; undefined: the unit was not retained. */
  exact(id: Y.ID): Y.ID | undefined
  /**
   * For a value of a map key: the last unit of that key in the base, retained or not. Null: the key has none.
   */
  afterDropped(value: Y.Item): Y.ID | null
  /** The client id to which this client's content beyond the base moves. */
  clientOf(client: number): number
  /** The clock at which this client's content beyond the base begins under its new client id. */
  clockOf(client: number): number
}

interface OffsetRange extends IdRange {
  /** The range's first clock within the epoch. */
  readonly at: number
}

/** From the ids of a base to the ids within an epoch. */
export function mapInto({ id, client }: EpochIds, base: Y.Doc, runs: readonly IdRange[]): IdMap {
  const rangesByClient = new Map<number, OffsetRange[]>()
  for (const run of offsetRuns(runs)) {
    const known = rangesByClient.get(run.client)
    if (known) known.push(run)
    else rangesByClient.set(run.client, [run])
  }
  for (const ranges of rangesByClient.values()) ranges.sort((a, b) => a.clock - b.clock)
  return {
    state: stateOf(base),
    runs,
    exact(old) {
      const range = find(rangesByClient.get(old.client) ?? [], old.clock)
      return range && Y.createID(client, range.at + old.clock - range.clock)
    },
    afterDropped: () => null,
    clientOf: old => intoClient(id, old),
    clockOf: () => 0,
  }
}

/** From the ids within an epoch back to the ids of its base. */
export function mapOutOf({ id, client }: EpochIds, base: Y.Doc, runs: readonly IdRange[]): IdMap {
  const state = stateOf(base)
  const given = offsetRuns(runs).map(run => ({ client, clock: run.at, len: run.len, run }))
  const { clock, len } = given.at(-1) ?? { clock: 0, len: 0 }
  const exact = (id: Y.ID): Y.ID | undefined => {
    const range = id.client === client ? find(given, id.clock) : undefined
    return range && Y.createID(range.run.client, range.run.clock + id.clock - range.clock)
  }
  return {
    state: new Map([[client, clock + len]]),
    runs: given,
    exact,
    afterDropped({ parent, parentSub }) {
      const type = parent instanceof Y.AbstractType ? counterpart(parent, base, exact) : undefined
      return type?._map.get(parentSub ?? '')?.lastId ?? null
    },
    // Content that was translated into the epoch gets its former ids back: other replicas may have it under those.
    clientOf: old => clientBefore(id, old) ?? clientIdOf(id, `out of ${old}`),
    clockOf: old => state.get(clientBefore(id, old) ?? -1) ?? 0,
  }
}

/** The type in a base that corresponds to this type within an epoch. */
function counterpart(type: SharedType, base: Y.Doc, exact: IdMap['exact']): SharedType | undefined {
  if (!type._item) return base.share.get(Y.findRootTypeKey(type))
  const id = exact(type._item.id)
  const item = id && Y.getItem(base.store, id)
  return item instanceof Y.Item && item.content instanceof Y.ContentType ? item.content.type : undefined
}

/** A client id that is the same on all members: 48 bits of a hash plus 2^48, above all ids that Yjs draws. */
export function clientIdOf(epoch: Uint8Array, label: string): number {
  const digest = sha256(concat([epoch, fromString(label)]))
  return digest.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) + 2 ** 48
}

const rank = 2 ** 48

/** The client id within an epoch for this client. `clientBefore` computes the client from it. */
function intoClient(epoch: Uint8Array, client: number): number {
  const into = (Math.floor(client / rank) + 1) * rank + mixed(epoch, client % rank)
  return into <= Number.MAX_SAFE_INTEGER ? into : clientIdOf(epoch, `into ${client}`)
}

/** The client from which an epoch derived this client id; undefined: the id was drawn within the epoch. */
function clientBefore(epoch: Uint8Array, client: number): number | undefined {
  if (client < rank) return undefined
  return (Math.floor(client / rank) - 1) * rank + mixed(epoch, client % rank)
}

/** 48 bits, mixed by an involution: mixing twice gives the original bits. */
function mixed(epoch: Uint8Array, bits: number): number {
  const mask = clientIdOf(epoch, 'into') - rank
  const high = Math.floor(bits / 2 ** 32) ^ Math.floor(mask / 2 ** 32)
  const low = (bits % 2 ** 32) ^ (mask % 2 ** 32)
  return (high >>> 0) * 2 ** 32 + (low >>> 0)
}

/** Client → clock. */
export function stateOf(doc: Y.Doc): Map<number, number> {
  return new Map([...doc.store.clients.keys()].map(client => [client, Y.getState(doc.store, client)]))
}

function offsetRuns(runs: readonly IdRange[]): OffsetRange[] {
  let at = 0
  return runs.map(run => {
    at += run.len
    return { ...run, at: at - run.len }
  })
}

/** Finds the range that contains this clock among the ranges of one client, which are sorted by clock. */
function find<Range extends IdRange>(ranges: readonly Range[], clock: number): Range | undefined {
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
