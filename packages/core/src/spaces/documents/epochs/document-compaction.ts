/**
 * Document compaction: changes a Yjs document in place, as if one client had written the content that an epoch keeps.
 *
 * The types, their observers and their content stay the same, so observers are not called. Ids change: relative
 * positions and undo stacks find nothing any more. No former clients remain, neither in the document nor in its state
 * vector.
 */
import * as Y from 'yjs'
import { allTypes, type IdRange, listOf, type SharedType } from './retained-runs.ts'

type Struct = Y.GC | Y.Item

/**
 * Maximum number of list values that are merged into one struct. When Yjs merges one more value into a struct, it copies
 * all values of that struct.
 */
const maxMergedValues = 1_024

/**
 * Gives the ids in `runs` to `client`, in this order and from clock 0, and drops everything else.
 *
 * @param doc contains all of `runs`; everything else in it is deleted; no transaction is open
 */
export function compact(doc: Y.Doc, runs: readonly IdRange[], client: number): void {
  const { store } = doc
  // Collect all structs before changing any: the lookup uses the ids that the structs have now.
  const structs = runs.flatMap(run => [...structsOf(store.clients.get(run.client) ?? [], run)])
  let clock = 0
  for (const struct of structs) {
    struct.id = Y.createID(client, clock)
    clock += struct.length
  }
  for (const type of allTypes(doc)) relink(type, client)
  store.clients.clear()
  if (clock > 0) store.clients.set(client, merged(structs))
}

/** The structs of a range, cut where the range begins and ends. */
function* structsOf(structs: Struct[], { clock, len }: IdRange): Generator<Struct> {
  let at = Y.findIndexSS(structs, clock)
  at += cutAt(structs, at, clock)
  for (let next = clock; next < clock + len; at++) {
    cutAt(structs, at, clock + len)
    const struct = structs[at]
    if (!struct) throw new Error('a struct is missing in the document: the Yjs store is inconsistent')
    next = struct.id.clock + struct.length
    yield struct
  }
}

/** @returns 1 if the struct at this index was cut at this clock, which is then the clock of the next struct; else 0 */
function cutAt(structs: Struct[], index: number, clock: number): 0 | 1 {
  const struct = structs[index]
  const offset = struct ? clock - struct.id.clock : 0
  if (!struct || offset <= 0 || offset >= struct.length) return 0
  structs.splice(index + 1, 0, struct instanceof Y.Item ? cutItem(struct, offset) : cutGc(struct, offset))
  return 1
}

function cutGc(gc: Y.GC, offset: number): Y.GC {
  const { client, clock } = gc.id
  const right = new Y.GC(Y.createID(client, clock + offset), gc.length - offset)
  gc.length = offset
  return right
}

function cutItem(item: Y.Item, offset: number): Y.Item {
  const { client, clock } = item.id
  const { parent, parentSub, rightOrigin, content } = item
  const right = new Y.Item(
    Y.createID(client, clock + offset),
    item,
    Y.createID(client, clock + offset - 1),
    item.right,
    rightOrigin,
    parent,
    parentSub,
    content.splice(offset),
  )
  if (item.deleted) right.markDeleted()
  right.keep = item.keep
  item.length = offset
  item.right = right
  if (right.right) right.right.left = right
  return right
}

/** Keeps only the items of this client in a type: in its list, and under its keys. Links each item to the one before it. */
function relink(type: SharedType, client: number): void {
  // In the order in which the epoch keeps them, which is the same on all replicas.
  const list = [...listOf(type)]
    .filter(({ id }) => id.client === client)
    .sort((a, b) => a.id.clock - b.id.clock)
  type._start = list[0] ?? null
  type._length = list.reduce(
    (sum, { deleted, countable, length }) => sum + (deleted || !countable ? 0 : length),
    0,
  )
  for (const [i, item] of list.entries()) setNeighbours(item, list[i - 1] ?? null, list[i + 1] ?? null)
  for (const [key, latest] of [...type._map]) {
    let item: Y.Item | null = latest
    while (item && item.id.client !== client) item = item.left
    if (item) {
      setNeighbours(item, null, null)
      type._map.set(key, item)
    } else type._map.delete(key)
  }
  if (type._searchMarker) type._searchMarker = []
}

function setNeighbours(item: Y.Item, left: Y.Item | null, right: Y.Item | null): void {
  item.left = left
  item.right = right
  item.origin = left && left.lastId
  item.rightOrigin = null
  item.redone = null
  item.marker = false
}

/** Merges adjacent structs where Yjs would merge them. */
function merged(structs: readonly Struct[]): Struct[] {
  const result: Struct[] = []
  for (const struct of structs) {
    const last = result.at(-1)
    if (!last || !areAlike(last, struct) || !mergeInto(last, struct)) result.push(struct)
  }
  return result
}

function areAlike(left: Struct, right: Struct): boolean {
  if (left.deleted !== right.deleted || left.constructor !== right.constructor) return false
  const isShort = left.length < maxMergedValues
  return isShort || !(left instanceof Y.Item) || !isList(left.content)
}

const isList = (content: Y.Item['content']): boolean =>
  content instanceof Y.ContentAny || content instanceof Y.ContentJSON

function mergeInto(left: Struct, right: Struct): boolean {
  if (left instanceof Y.Item) return right instanceof Y.Item && left.mergeWith(right)
  return right instanceof Y.GC && left.mergeWith(right)
}
