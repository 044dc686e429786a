/**
 * Deletion ranges: the deletions of a document, and updates that contain only deletions.
 *
 * The content of the deleted ranges must be known where such an update is applied.
 */
import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding'
import type * as Y from 'yjs'

export interface DeletedRange {
  readonly clock: number
  readonly len: number
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

/** Updates with these deletions, each of about `maxBytes`. */
export function* deletionChunks(
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

/** One update with these deletions, and no structs. */
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
