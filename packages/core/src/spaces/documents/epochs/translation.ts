/**
 * Translation: encodes what a replica has beyond a base, as updates for replicas in which the base has other ids.
 *
 * The result depends on the base and on each item alone, never on the rest of a replica. So two replicas translate the
 * same change in the same way, and the results merge as one change. Each item is positioned as if its author had seen
 * the whole base, between two units that are neighbours there, so YATA orders the result in the same way on all
 * replicas.
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
 * @param doc contains the base of the map, and nothing is pending in it
 * @param since translates only content that was written after this state @default everything beyond the base
 */
export function translate(
  doc: Y.Doc,
  map: IdMap,
  since: ReadonlyMap<number, number> = map.state,
): Uint8Array[] {
  const beyond = [...rangesBeyond(doc, since)]
  const updates: Uint8Array[] = []
  if (beyond.length > 0) {
    const translation = new Translation(doc, map)
    const runs = beyond.map(range => translation.encode(range)).sort((a, b) => b.client - a.client)
    updates.push(concat([encoded(runs.length), ...runs.map(({ bytes }) => bytes), encoded(0)]))
  }
  const deletions = translatedDeletions(doc, [...map.runs, ...beyond], map)
  if (deletions.length > 0) updates.push(encodeDeletions(deletions))
  return updates
}

/** The id ranges of the content that each client wrote beyond a base. */
export function* rangesBeyond(doc: Y.Doc, state: ReadonlyMap<number, number>): Generator<IdRange> {
  for (const client of doc.store.clients.keys()) {
    const clock = state.get(client) ?? 0
    const len = Y.getState(doc.store, client) - clock
    if (len > 0) yield { client, clock, len }
  }
}

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
      const from = Math.max(range.clock, id.clock)
      const len = Math.min(range.clock + range.len, id.clock + length) - from
      const { client, clock } = idOf(Y.createID(range.client, from), map) ?? id
      const known = deletions.get(client)
      if (known) known.push({ clock, len })
      else deletions.set(client, [{ clock, len }])
    }
  return [...deletions].sort(([a], [b]) => b - a)
}

/** The new id of a unit; undefined: the unit is part of the base and was not retained. */
function idOf(id: Y.ID, map: IdMap): Y.ID | undefined {
  return idBeyond(id, map) ?? map.exact(id)
}

/** The new id of a unit beyond the base; undefined: the unit is part of the base. */
export function idBeyond({ client, clock }: Y.ID, { state, clientOf, clockOf }: IdMap): Y.ID | undefined {
  const from = state.get(client) ?? 0
  return clock < from ? undefined : Y.createID(clientOf(client), clockOf(client) + clock - from)
}

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

  #translated(struct: Struct, offset: number): Struct {
    const { client, clock } = struct.id
    const id = idBeyond(Y.createID(client, clock + offset), this.#map) ?? struct.id
    const len = struct.length - offset
    const parent = struct instanceof Y.Item ? this.#parentOf(struct) : undefined
    // The item was deleted with its parent, so Yjs keeps only its length.
    if (!(struct instanceof Y.Item) || !parent) return new Y.GC(id, len)
    const item = offset > 0 ? itemPart(struct, offset, len) : struct
    const { left, right } = this.#originsOf(struct, item)
    return new Y.Item(id, null, left, null, right, parent, item.parentSub, item.content)
  }

  /** A root type itself, otherwise the id of the item that contains the parent. Undefined: the parent is deleted. */
  #parentOf({ parent }: Y.Item): SharedType | Y.ID | undefined {
    if (!(parent instanceof Y.AbstractType)) return undefined
    if (!parent._item) return parent
    return parent._item.deleted ? undefined : idOf(parent._item.id, this.#map)
  }

  /** @param part the part of the item that lies beyond the base */
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
   * The unit that the author saw to the right of the item, if it is beyond the base and between the same
   * neighbours.
   */
  #rightOriginIn(neighbours: BaseNeighbours, { rightOrigin }: Y.Item): Y.ID | undefined {
    const id = rightOrigin && idBeyond(rightOrigin, this.#map)
    if (!id) return undefined
    const right = Y.getItem(this.#doc.store, rightOrigin)
    const other = right instanceof Y.Item ? this.#baseNeighbours.get(right) : undefined
    return other && Y.compareIDs(other.left, neighbours.left) ? id : undefined
  }

  /** The value of the base for a key, if it precedes a part of an item. */
  #valueBefore(item: Y.Item, part: Y.Item): Y.ID | null {
    if (part !== item) return this.#retainedIn(item) ?? this.#valueBefore(item, item)
    for (let { left } = item; left; left = left.left) {
      const id = this.#retainedIn(left)
      if (id) return id
    }
    return this.#map.afterDropped(part)
  }

  #valueAfter({ right }: Y.Item): Y.ID | null {
    for (let next = right; next; next = next.right) {
      const id = this.#retainedIn(next)
      if (id) return id
    }
    return null
  }

  /** One item may contain several deleted values. */
  #retainedIn({ id: { client, clock }, length }: Y.Item): Y.ID | undefined {
    for (let unit = clock + length - 1; unit >= clock; unit--) {
      const id = this.#map.exact(Y.createID(client, unit))
      if (id) return id
    }
    return undefined
  }
}
