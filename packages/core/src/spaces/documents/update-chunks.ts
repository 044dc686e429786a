/**
 * Update chunks: encodes what a replica has beyond another one as a sequence of small Yjs updates (version 1).
 *
 * Each chunk depends only on content of the other replica and on earlier chunks, so it can be applied and shown as
 * soon as it arrives. Deletions come last. A chunk is encoded when it is needed, from the document's state at that
 * time, so a stream of 256 MB needs no copy of the document. Long texts and lists are cut; only a single value can
 * make a chunk longer than requested. The chunks cover everything up to the state at the beginning. Later changes are
 * sent separately.
 */
import { createEncoder, length as encodedLength, toUint8Array, writeVarUint } from 'lib0/encoding'
import { concat } from 'uint8arrays/concat'
import * as Y from 'yjs'

type Struct = Y.GC | Y.Item

export interface ChunkOptions {
  /** What the other replica already has: client → the clock after its last unit. */
  readonly since: ReadonlyMap<number, number>
  /**
   * Where to stop: client → the first clock that is not encoded. Undefined: encode the whole present state.
   */
  readonly until?: ReadonlyMap<number, number> | undefined
  /** Which clients to encode. @default all */
  readonly includes?: ((client: number) => boolean) | undefined
  /**
   * Excluded clients whose content the other replica may lack in part. If encoded content depends on such a client,
   * the client's content is encoded from its beginning up to there. The other replica has everything of all other
   * excluded clients.
   *
   * @default none
   */
  readonly mayLack?: ((client: number) => boolean) | undefined
  /** The deletions to encode. @default those of all encoded clients */
  readonly deletions?: ReadonlyMap<number, readonly DeletedRange[]> | undefined
  /** Approximate bytes of a chunk. If chunks grow, this is the size of the first chunk. */
  readonly maxBytes: number
  /** Each chunk is twice as long as the one before, up to this number of bytes. @default chunks do not grow */
  readonly growTo?: number | undefined
  /**
   * Approximate number of clients in the document to which the chunks will be applied. Each chunk is a transaction
   * there, and Yjs handles every client in each transaction, so chunks grow with the clients, up to 32 times.
   * Undefined: the chunks are not applied one by one, and do not grow.
   */
  readonly receiverClients?: number | undefined
}

/**
 * Sizes of streamed chunks, our choice. The first chunk is one piece, so that it is visible at once. The longest takes
 * some ten milliseconds to apply; and Yjs, which keeps a long text as one string, rebuilds that string for each chunk.
 */
export const streamedChunks = {
  maxBytes: 61_440,
  growTo: 1_048_576,
}

export interface DeletedRange {
  readonly clock: number
  readonly len: number
}

export function* updateChunks(doc: Y.Doc, options: ChunkOptions): Generator<Uint8Array, void, undefined> {
  yield* structChunks(doc, options)
  const { deletions = deletionsOf(doc, options.includes), receiverClients } = options
  const { maxBytes, growTo = maxBytes } = options
  const growth = receiverClients === undefined ? 1 : growthFor(doc.store.clients.size)
  yield* deletionChunks(deletions, longest(growTo, growth))
}

/** Maximum number of structs in one chunk. Encoding and applying them takes some milliseconds. */
const maxStructs = 4_096
/**
 * In a document with very many clients, the limit of structs in a chunk is the number of clients divided by this number.
 * Our choice. Applying the structs of a chunk then takes about a third of the time that Yjs spends on all clients in each
 * transaction. A million clients arrive in about 50 transactions.
 */
const clientsPerStruct = 8
/** Our choice: 131,072 structs and 16 MB in one chunk, for a million clients. */
const maxGrowth = 32
const grownBytes = 524_288

/** How many times larger a chunk is for a document with this many clients. */
function growthFor(clients: number): number {
  return Math.min(maxGrowth, Math.max(1, clients / clientsPerStruct / maxStructs))
}

/** The maximum bytes of a chunk that may be `growth` times larger. */
function longest(bytes: number, growth: number): number {
  return growth > 1 ? Math.max(bytes, growth * grownBytes) : bytes
}

/** All deletions, by client. O(structs). */
export function deletionsOf(
  doc: Y.Doc,
  includes: (client: number) => boolean = () => true,
): ReadonlyMap<number, readonly DeletedRange[]> {
  const deletions = new Map<number, DeletedRange[]>()
  for (const [client, structs] of doc.store.clients) {
    if (!includes(client)) continue
    const ranges: { clock: number; len: number }[] = []
    for (const { deleted, id, length } of structs) {
      const last = ranges.at(-1)
      if (!deleted) continue
      if (last && last.clock + last.len === id.clock) last.len += length
      else ranges.push({ clock: id.clock, len: length })
    }
    if (ranges.length > 0) deletions.set(client, ranges)
  }
  return deletions
}

/** A client whose structs are being written because a struct of another client depends on them up to this clock. */
interface StackFrame {
  readonly client: number
  readonly until: number
}

function* structChunks(
  doc: Y.Doc,
  { since, until, includes, mayLack, maxBytes, growTo = maxBytes, receiverClients }: ChunkOptions,
): Generator<Uint8Array> {
  const { store } = doc
  /** Structs of included clients that still have to be written: client → first clock, end clock. */
  const pending = new Map<number, { at: number; end: number }>()
  const encodedClients = [...(until ?? store.clients).keys()].filter(client => includes?.(client) ?? true)
  for (const client of encodedClients.sort((a, b) => b - a)) {
    const at = since.get(client) ?? 0
    const end = until ? (until.get(client) ?? 0) : Y.getState(store, client)
    if (end > at) pending.set(client, { at, end })
  }
  /** Structs of excluded clients that still have to be written: client → first clock, end clock. */
  const missing = new Map<number, { at: number; end: number }>()
  const todoOf = (client: number) => {
    const known = pending.get(client) ?? missing.get(client)
    if (known || !mayLack?.(client)) return known
    const todo = { at: 0, end: Y.getState(store, client) }
    missing.set(client, todo)
    return todo
  }
  let clients = receiverClients ?? 0
  let growth = growthFor(clients)
  let writer = new ChunkWriter()
  let chunkBytes = maxBytes
  for (const client of pending.keys()) {
    const stack: StackFrame[] = [{ client, until: Number.POSITIVE_INFINITY }]
    // If thousands of clients appended to a text in turn, the stack has thousands of frames, so a set is
    // faster.
    const onStack = new Set([client])
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const todo = todoOf(frame.client)
      if (!todo || todo.at >= todo.end || todo.at > frame.until) {
        if (todo && todo.at >= todo.end) pending.delete(frame.client)
        stack.pop()
        onStack.delete(frame.client)
        continue
      }
      const structs = store.clients.get(frame.client) ?? []
      const struct = structs[Y.findIndexSS(structs, todo.at)]
      if (!struct) throw new Error('a struct is missing in the document: the Yjs store is inconsistent')
      const missing = dependencies(struct, todo.at).find(({ client: other, clock }) => {
        const otherTodo = todoOf(other)
        return otherTodo && other !== frame.client && otherTodo.at <= clock && otherTodo.at < otherTodo.end
      })
      // Only a damaged document has cyclic dependencies. Its structs stay pending at the receiver, as in Yjs.
      if (missing && !onStack.has(missing.client)) {
        stack.push({ client: missing.client, until: missing.clock })
        onStack.add(missing.client)
        continue
      }
      if (todo.at === 0 && receiverClients !== undefined) clients += 1
      todo.at = writer.write(struct, todo.at, todo.end, chunkBytes)
      if (writer.bytes < longest(chunkBytes, growth) && writer.structs < growth * maxStructs) continue
      yield writer.finish()
      writer = new ChunkWriter()
      chunkBytes = Math.min(2 * chunkBytes, growTo)
      growth = growthFor(clients)
    }
  }
  if (writer.bytes > 0) yield writer.finish()
}

/** Ids that must exist before the unit of this struct at `clock` can be integrated. */
function dependencies(struct: Struct, clock: number): Y.ID[] {
  if (!(struct instanceof Y.Item)) return []
  const { origin, rightOrigin, parent, id } = struct
  const left = clock > id.clock ? null : origin
  const above = left || rightOrigin ? null : parentIdOf(parent)
  return [left, rightOrigin, above].filter(each => each !== null)
}

function parentIdOf(parent: Y.Item['parent']): Y.ID | null {
  if (parent instanceof Y.ID) return parent
  return parent instanceof Y.AbstractType ? (parent._item?.id ?? null) : null
}

/** Encodes runs of structs as one update. Each client's structs are one run. */
class ChunkWriter {
  readonly #runs = new Map<
    number,
    { readonly clock: number; count: number; readonly encoder: Y.UpdateEncoderV1 }
  >()
  bytes = 0
  structs = 0

  /** Writes the struct or a part of it, beginning at `clock`. @returns the end clock */
  write(struct: Struct, clock: number, end: number, maxBytes: number): number {
    const { client } = struct.id
    let run = this.#runs.get(client)
    if (!run) {
      run = { clock, count: 0, encoder: new Y.UpdateEncoderV1() }
      this.#runs.set(client, run)
      this.bytes += runOverhead
    }
    const before = encodedLength(run.encoder.restEncoder)
    const structEnd = Math.min(struct.id.clock + struct.length, end)
    const writtenEnd = writePart(run.encoder, struct, clock, structEnd, maxBytes)
    run.count += 1
    this.structs += 1
    this.bytes += encodedLength(run.encoder.restEncoder) - before
    return writtenEnd
  }

  finish(): Uint8Array {
    const parts = [encoded(this.#runs.size)]
    // Yjs' merging of updates requires that greater client ids come first.
    for (const [client, { clock, count, encoder }] of [...this.#runs].sort(([a], [b]) => b - a))
      parts.push(encoded(count, client, clock), encoder.toUint8Array())
    return concat([...parts, encoded(0)])
  }
}

/** Encodes the numbers as variable-length integers, one after the other. */
export function encoded(...numbers: readonly number[]): Uint8Array {
  const encoder = createEncoder()
  for (const number of numbers) writeVarUint(encoder, number)
  return toUint8Array(encoder)
}

/** Approximate bytes of a run's header: the number of its structs, its client id and its first clock. */
const runOverhead = 12
/** UTF-8 bytes of one UTF-16 code unit: at most three. */
const maxCharacterBytes = 3
// biome-ignore lint/suspicious/noControlCharactersInRegex: a range of all that takes one byte.
const beyondAscii = /[^\x00-\x7f]/
/** Maximum number of list values that are written together, because each value may be large. */
const maxValues = 256

function writePart(
  encoder: Y.UpdateEncoderV1,
  struct: Struct,
  from: number,
  end: number,
  maxBytes: number,
): number {
  const { id, length } = struct
  const offset = from - id.clock
  if (!(struct instanceof Y.Item)) {
    new Y.GC(Y.createID(id.client, from), end - from).write(encoder, 0)
    return end
  }
  const { content } = struct
  const units = Math.min(end - from, unitsOf(content, offset, maxBytes))
  if (offset + units === length) struct.write(encoder, offset)
  else itemPart(struct, offset, units).write(encoder, 0)
  return from + units
}

/** Number of units that are written at once, beginning at `offset`. */
function unitsOf(content: Y.Item['content'], offset: number, maxBytes: number): number {
  if (content instanceof Y.ContentString) {
    const isAscii = !beyondAscii.test(content.str.slice(offset, offset + maxBytes))
    const units = isAscii ? maxBytes : Math.ceil(maxBytes / maxCharacterBytes)
    // Never within a surrogate pair: Yjs would replace both halves.
    const last = content.str.charCodeAt(offset + units - 1)
    return last >= 0xd800 && last < 0xdc00 ? units + 1 : units
  }
  if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON) return maxValues
  return Number.POSITIVE_INFINITY
}

/** A struct that contains some units of another one. */
export function itemPart(item: Y.Item, offset: number, units: number): Y.Item {
  const { id, origin, rightOrigin, parent, parentSub, content } = item
  const { client, clock } = id
  const left = offset > 0 ? Y.createID(client, clock + offset - 1) : origin
  const part = partOf(content, offset, units)
  return new Y.Item(
    Y.createID(client, clock + offset),
    null,
    left,
    null,
    rightOrigin,
    parent,
    parentSub,
    part,
  )
}

function partOf(content: Y.Item['content'], from: number, units: number): Y.Item['content'] {
  if (content instanceof Y.ContentString) return new Y.ContentString(content.str.slice(from, from + units))
  if (content instanceof Y.ContentAny) return new Y.ContentAny(content.arr.slice(from, from + units))
  if (content instanceof Y.ContentJSON) return new Y.ContentJSON(content.arr.slice(from, from + units))
  if (content instanceof Y.ContentDeleted) return new Y.ContentDeleted(units)
  throw new Error('a content of a single unit cannot be cut')
}

function* deletionChunks(
  deletions: ReadonlyMap<number, readonly DeletedRange[]>,
  maxBytes: number,
): Generator<Uint8Array> {
  /** A client, a clock and a length take up to 9 bytes each, usually 4 to 6. */
  const maxRanges = Math.max(1, Math.floor(maxBytes / 12))
  let chunk: [client: number, ranges: readonly DeletedRange[]][] = []
  let left = maxRanges
  for (const [client, ranges] of [...deletions].sort(([a], [b]) => b - a))
    for (let at = 0; at < ranges.length; ) {
      const part = ranges.slice(at, at + left)
      chunk.push([client, part])
      at += part.length
      left -= part.length
      if (left > 0) continue
      yield encodeDeletions(chunk)
      chunk = []
      left = maxRanges
    }
  if (chunk.length > 0) yield encodeDeletions(chunk)
}

export function encodeDeletions(chunk: readonly [number, readonly DeletedRange[]][]): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, 0)
  writeVarUint(encoder, chunk.length)
  for (const [client, ranges] of chunk) {
    writeVarUint(encoder, client)
    writeVarUint(encoder, ranges.length)
    for (const { clock, len } of ranges) {
      writeVarUint(encoder, clock)
      writeVarUint(encoder, len)
    }
  }
  return toUint8Array(encoder)
}
