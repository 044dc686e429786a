/**
 * Translation: encodes a replica's content beyond a base as Yjs updates for replicas in which the base has other ids.
 *
 * Content is *beyond* a base if the base does not contain it. The new ids and the new position of an item depend only
 * on the base and on that item, never on the rest of the replica. So two replicas translate the same change into the
 * same content, which Yjs merges as one change. The translation positions each item as if its author had seen
 * the whole base: between two units that are neighbours in the base. So YATA, the algorithm with which Yjs orders
 * concurrent items, gives the same order on all replicas.
 */
import { concat } from 'uint8arrays/concat'
import * as Y from 'yjs'
import { encoded, itemPart } from '../chunk-writer.ts'
import { type DeletedRange, encodeDeletions } from '../deletion-ranges.ts'
import { type BaseNeighbours, baseNeighboursBeyond } from './base-neighbours.ts'
import type { IdMap } from './id-map.ts'
import type { IdRange, SharedType } from './retained-runs.ts'

type Struct = Y.GC | Y.Item

/**
 * Translates the content of a document beyond the base of the map.
 *
 * @param doc contains the whole base, and has no pending structs
 * @param since a state of the document: only content that was written after it is translated.
 * @default the state of the base
 */
export function translate(
  doc: Y.Doc,
  map: IdMap,
  since: ReadonlyMap<number, number> = map.state,
): Uint8Array[] {
  const newRanges = [...rangesBeyond(doc, since)]
  const updates: Uint8Array[] = []
  if (newRanges.length > 0) {
    const translation = new Translation(doc, map)
    const clients = newRanges.map(range => translation.encode(range)).sort((a, b) => b.client - a.client)
    updates.push(concat([encoded(clients.length), ...clients.map(({ bytes }) => bytes), encoded(0)]))
  }
  const deletions = translatedDeletions(doc, [...map.runs, ...newRanges], map)
  if (deletions.length > 0) updates.push(encodeDeletions(deletions))
  return updates
}

/** For each client that wrote content after a state of the document: the id range of that content. */
export function* rangesBeyond(doc: Y.Doc, state: ReadonlyMap<number, number>): Generator<IdRange> {
  for (const client of doc.store.clients.keys()) {
    const clock = state.get(client) ?? 0
    const len = Y.getState(doc.store, client) - clock
    if (len > 0) yield { client, clock, len }
  }
}

/** The structs in a range of ids. The first struct may begin before the range. */
function* structsIn(doc: Y.Doc, { client, clock, len }: IdRange): Generator<Struct> {
  const structs = doc.store.clients.get(client) ?? []
  for (let i = Y.findIndexSS(structs, clock); i < structs.length; i++) {
    const struct = structs[i]
    if (!struct || struct.id.clock >= clock + len) return
    yield struct
  }
}

function translatedDeletions(
  doc: Y.Doc,
  ranges: readonly IdRange[],
  map: IdMap,
): [client: number, ranges: readonly DeletedRange[]][] {
  const deletions = new Map<number, DeletedRange[]>()
  for (const range of ranges)
    for (const { id, length, deleted } of structsIn(doc, range)) {
      if (!deleted) continue
      const firstClock = Math.max(range.clock, id.clock)
      const len = Math.min(range.clock + range.len, id.clock + length) - firstClock
      const { client, clock } = newIdOf(Y.createID(range.client, firstClock), map) ?? id
      const ofClient = deletions.get(client)
      if (ofClient) ofClient.push({ clock, len })
      else deletions.set(client, [{ clock, len }])
    }
  return [...deletions].sort(([a], [b]) => b - a)
}

/** The new id of a unit; undefined: the unit is part of the base and was not retained. */
function newIdOf(id: Y.ID, map: IdMap): Y.ID | undefined {
  return idBeyond(id, map) ?? map.exact(id)
}

/** The new id of a unit beyond the base; undefined: the unit is part of the base. */
export function idBeyond({ client, clock }: Y.ID, { state, clientOf, clockOf }: IdMap): Y.ID | undefined {
  const endOfBase = state.get(client) ?? 0
  return clock < endOfBase ? undefined : Y.createID(clientOf(client), clockOf(client) + clock - endOfBase)
}

/** Encodes items and garbage of one document with new ids. */
class Translation {
  readonly #doc: Y.Doc
  readonly #map: IdMap
  readonly #baseNeighbours: ReadonlyMap<Y.Item, BaseNeighbours>

  constructor(doc: Y.Doc, map: IdMap) {
    this.#doc = doc
    this.#map = map
    this.#baseNeighbours = baseNeighboursBeyond(doc, map.state)
  }

  encode(range: IdRange): { client: number; bytes: Uint8Array } {
    const client = this.#map.clientOf(range.client)
    const encoder = new Y.UpdateEncoderV1()
    let count = 0
    for (const struct of structsIn(this.#doc, range)) {
      this.#translated(struct, Math.max(0, range.clock - struct.id.clock)).write(encoder, 0)
      count += 1
    }
    const clock = this.#map.clockOf(range.client) + range.clock - (this.#map.state.get(range.client) ?? 0)
    return { client, bytes: concat([encoded(count, client, clock), encoder.toUint8Array()]) }
  }

  /** @param offset how many units at the beginning of the struct are omitted */
  #translated(struct: Struct, offset: number): Struct {
    const { client, clock } = struct.id
    const id = idBeyond(Y.createID(client, clock + offset), this.#map) ?? struct.id
    const len = struct.length - offset
    const parent = struct instanceof Y.Item ? this.#parentOf(struct) : undefined
    // An item whose parent is deleted has no position. Yjs represents it by its length alone.
    if (!(struct instanceof Y.Item) || !parent) return new Y.GC(id, len)
    const item = offset > 0 ? itemPart(struct, offset, len) : struct
    const { left, right } = this.#originsOf(struct, item)
    return new Y.Item(id, null, left, null, right, parent, item.parentSub, item.content)
  }

  /** The parent if it is a root type, otherwise the new id of the item that contains it. Undefined: it is deleted. */
  #parentOf({ parent }: Y.Item): SharedType | Y.ID | undefined {
    if (!(parent instanceof Y.AbstractType)) return undefined
    if (!parent._item) return parent
    return parent._item.deleted ? undefined : newIdOf(parent._item.id, this.#map)
  }

  /**
   * The new origin and right origin of an item.
   *
   * @param part the part of the item that is beyond the base
   */
  #originsOf(item: Y.Item, part: Y.Item): BaseNeighbours {
    const origin = part.origin && (idBeyond(part.origin, this.#map) ?? null)
    if (part.parentSub !== null)
      return { left: origin ?? this.#valueBefore(item, part), right: this.#valueAfter(item) }
    const neighbours = this.#baseNeighbours.get(item)
    if (!neighbours) return { left: origin, right: null }
    return {
      left: origin ?? (neighbours.left && (this.#map.exact(neighbours.left) ?? null)),
      right:
        this.#rightOriginIn(neighbours, part) ??
        (neighbours.right && (this.#map.exact(neighbours.right) ?? null)),
    }
  }

  /**
   * The new id of the item's right origin, the unit that the author saw to the right of the item. Undefined: there
   * is none, or it is part of the base, or it is not between the same two units of the base as the item.
   */
  #rightOriginIn(neighbours: BaseNeighbours, { rightOrigin }: Y.Item): Y.ID | undefined {
    const id = rightOrigin && idBeyond(rightOrigin, this.#map)
    if (!id) return undefined
    const right = Y.getItem(this.#doc.store, rightOrigin)
    const ofRight = right instanceof Y.Item ? this.#baseNeighbours.get(right) : undefined
    return ofRight && Y.compareIDs(ofRight.left, neighbours.left) ? id : undefined
  }

  /** The last unit of the base before this value of a map key. Null: the base has no unit of the key before it. */
  #valueBefore(item: Y.Item, part: Y.Item): Y.ID | null {
    if (part !== item) return this.#retainedIn(item) ?? this.#valueBefore(item, item)
    for (let { left } = item; left; left = left.left) {
      const id = this.#retainedIn(left)
      if (id) return id
    }
    return this.#map.afterDropped(part)
  }

  /** The last unit of the first retained value after this value of a map key. */
  #valueAfter({ right }: Y.Item): Y.ID | null {
    for (let next = right; next; next = next.right) {
      const id = this.#retainedIn(next)
      if (id) return id
    }
    return null
  }

  /**
   * The new id of the last retained unit of an item. An item may contain several units if it consists of deleted
   * values of a key.
   */
  #retainedIn({ id: { client, clock }, length }: Y.Item): Y.ID | undefined {
    for (let unit = clock + length - 1; unit >= clock; unit--) {
      const id = this.#map.exact(Y.createID(client, unit))
      if (id) return id
    }
    return undefined
  }
}
