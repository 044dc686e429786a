/**
 * Chunk writer: encodes runs of structs as one update. Each client's structs are one run.
 *
 * Long texts and lists are cut, but no text within a surrogate pair. A single value is never cut, so it can make a chunk
 * longer than requested.
 */
import { createEncoder, length as encodedLength, toUint8Array, writeVarUint } from 'lib0/encoding'
import { concat } from 'uint8arrays/concat'
import * as Y from 'yjs'

export type Struct = Y.GC | Y.Item

/** Approximate bytes of a run's header: the number of its structs, its client id and its first clock. */
const runOverhead = 12
/** UTF-8 bytes of one UTF-16 code unit: at most three. */
const maxCharacterBytes = 3
// biome-ignore lint/suspicious/noControlCharactersInRegex: a range of all that takes one byte.
const beyondAscii = /[^\x00-\x7f]/
/** Maximum number of list values that are written together, because each value may be large. */
const maxValues = 256

export class ChunkWriter {
  readonly #runs = new Map<
    number,
    { readonly clock: number; count: number; readonly encoder: Y.UpdateEncoderV1 }
  >()
  bytes = 0
  structs = 0

  get clients(): number {
    return this.#runs.size
  }

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
    // Do not cut within a surrogate pair: Yjs would replace both halves.
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
