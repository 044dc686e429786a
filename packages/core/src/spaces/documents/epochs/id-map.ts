/**
 * Id map: which ids the units of a base have before and after an epoch begins.
 *
 * It depends on the base alone, so all replicas translate alike.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import * as Y from 'yjs'
import type { IdRange, SharedType } from './retained-runs.ts'

/** Of an epoch: its own, and the client id under which the content of its base stands. */
export interface EpochIds {
  readonly id: Uint8Array
  readonly client: number
}

export interface IdMap {
  /** What the base contains: client → clock. */
  readonly state: ReadonlyMap<number, number>
  /** The units of the base that are kept, in the order of their ids within the epoch. */
  readonly runs: readonly IdRange[]
  /** The other id of a unit of the base; undefined: it is not kept. */
  exact(id: Y.ID): Y.ID | undefined
  /** What this value of a key comes after, though it is not kept; null: nothing. */
  afterDropped(value: Y.Item): Y.ID | null
  /** Under which client stands what this one wrote beyond the base. */
  clientOf(client: number): number
  /** From which clock on it stands there. */
  clockOf(client: number): number
}

interface OffsetRange extends IdRange {
  /** The range's first clock within the epoch. */
  readonly at: number
}

/** From the ids of a base to those that an epoch gives. */
export function mapInto({ id, client }: EpochIds, base: Y.Doc, runs: readonly IdRange[]): IdMap {
  const placed = new Map<number, OffsetRange[]>()
  for (const run of offsetRuns(runs)) {
    const known = placed.get(run.client)
    if (known) known.push(run)
    else placed.set(run.client, [run])
  }
  for (const ranges of placed.values()) ranges.sort((a, b) => a.clock - b.clock)
  return {
    state: stateOf(base),
    runs,
    exact(old) {
      const range = find(placed.get(old.client) ?? [], old.clock)
      return range && Y.createID(client, range.at + old.clock - range.clock)
    },
    afterDropped: () => null,
    clientOf: old => intoClient(id, old),
    clockOf: () => 0,
  }
}

/** From the ids that an epoch gave, back to those of its base. */
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
    // What was translated into the epoch gets back the ids that it had: others may have it under those.
    clientOf: old => clientBefore(id, old) ?? clientIdOf(id, `out of ${old}`),
    clockOf: old => state.get(clientBefore(id, old) ?? -1) ?? 0,
  }
}

/** The type in a base for which this one stands within an epoch. */
function counterpart(type: SharedType, base: Y.Doc, exact: IdMap['exact']): SharedType | undefined {
  if (!type._item) return base.share.get(Y.findRootTypeKey(type))
  const id = exact(type._item.id)
  const item = id && Y.getItem(base.store, id)
  return item instanceof Y.Item && item.content instanceof Y.ContentType ? item.content.type : undefined
}

/** A client id that everybody computes alike and nobody draws: 48 bits, beside one beyond all that Yjs draws. */
export function clientIdOf(epoch: Uint8Array, label: string): number {
  const digest = sha256(concat([epoch, fromString(label)]))
  return digest.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) + 2 ** 48
}

const rank = 2 ** 48

/** The client id that an epoch gives to this one, such that it can be told from it. */
function intoClient(epoch: Uint8Array, client: number): number {
  const into = (Math.floor(client / rank) + 1) * rank + mixed(epoch, client % rank)
  return into <= Number.MAX_SAFE_INTEGER ? into : clientIdOf(epoch, `into ${client}`)
}

/** From which client id an epoch made this one; undefined: it was drawn within the epoch. */
function clientBefore(epoch: Uint8Array, client: number): number | undefined {
  if (client < rank) return undefined
  return (Math.floor(client / rank) - 1) * rank + mixed(epoch, client % rank)
}

/** 48 bits, mixed so that doing it twice changes nothing. */
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

/** Of these ranges of one client, in the order of their clocks, the one with this clock. */
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
