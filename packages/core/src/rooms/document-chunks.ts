/**
 * Document chunks: a whole document as several updates of bounded size, which together make it again.
 *
 * The document may change between two chunks: what was in it when the first was made is in them for certain, what came
 * later may be. Each chunk has the structs of a range of clocks, and the deletions among them. A struct is not split, so
 * a text that was inserted at once is in one chunk, however long it is.
 */
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'

/** Our choice: half of what would make a single write slow, as one struct may come on top. */
const maxChunkBytes = 524_288
/** Our choice: encoding so many small structs takes a few milliseconds. */
const maxChunkStructs = 16_384

interface Range {
  readonly clock: number
  readonly length: number
}

/** The structs of one client in one chunk. */
interface Part {
  readonly client: number
  readonly clock: number
  readonly structs: number
  readonly bytes: Uint8Array
  readonly deleted: readonly Range[]
}

/** Whether all of it can be had: what waits for something that is missing has no place among the structs. */
export function isComplete({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null
}

/** Updates, version 1. None of an empty document. */
export function* documentChunks(doc: Y.Doc): Generator<Uint8Array, void, void> {
  let parts: Part[] = []
  let [bytes, structs] = [0, 0]
  for (const client of doc.store.clients.keys()) {
    const end = Y.getState(doc.store, client)
    let clock = 0
    while (clock < end) {
      const part = partOf(doc, client, clock, end, maxChunkBytes - bytes, maxChunkStructs - structs)
      parts.push(part)
      bytes += part.bytes.length
      structs += part.structs
      clock = part.end
      if (bytes < maxChunkBytes && structs < maxChunkStructs) continue
      yield encodeChunk(parts)
      parts = []
      bytes = 0
      structs = 0
    }
  }
  if (parts.length > 0) yield encodeChunk(parts)
}

/** At least one struct, and as many as fit. */
function partOf(
  doc: Y.Doc,
  client: number,
  fromClock: number,
  endClock: number,
  maxBytes: number,
  maxStructs: number,
): Part & { readonly end: number } {
  const all = doc.store.clients.get(client) ?? []
  const first = all[0]?.id.clock ?? 0
  const start = Math.max(fromClock, first)
  const encoder = new Y.UpdateEncoderV1()
  const deleted: Range[] = []
  let index = Y.findIndexSS(all, start)
  let [clock, structs] = [start, 0]
  for (let struct = all[index]; struct && clock < endClock; struct = all[++index]) {
    struct.write(encoder, clock - struct.id.clock)
    const end = struct.id.clock + struct.length
    if (struct.deleted) deleted.push({ clock, length: end - clock })
    structs += 1
    clock = end
    if (structs >= maxStructs || encoding.length(encoder.restEncoder) >= maxBytes) break
  }
  return { client, clock: start, structs, bytes: encoder.toUint8Array(), deleted, end: clock }
}

function encodeChunk(unordered: readonly Part[]): Uint8Array {
  // Merging takes it for granted that greater client ids come first.
  const parts = [...unordered].sort((a, b) => b.client - a.client)
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, parts.length)
  for (const { client, clock, structs, bytes } of parts) {
    encoding.writeVarUint(encoder, structs)
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, clock)
    encoding.writeUint8Array(encoder, bytes)
  }
  const withDeleted = parts.filter(({ deleted }) => deleted.length > 0)
  encoding.writeVarUint(encoder, withDeleted.length)
  for (const { client, deleted } of withDeleted) {
    const ranges = joined(deleted)
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, ranges.length)
    for (const { clock, length } of ranges) {
      encoding.writeVarUint(encoder, clock)
      encoding.writeVarUint(encoder, length)
    }
  }
  return encoding.toUint8Array(encoder)
}

/** Ranges that follow each other as one. @param ranges in the order of their clocks */
function joined(ranges: readonly Range[]): Range[] {
  const all: Range[] = []
  for (const range of ranges) {
    const last = all.at(-1)
    if (last && last.clock + last.length === range.clock)
      all[all.length - 1] = { clock: last.clock, length: last.length + range.length }
    else all.push(range)
  }
  return all
}
