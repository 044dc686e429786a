/** Readable updates: whether bytes are one Yjs update, version 1, of a bearable size, and nothing else. */
import { createDecoder, hasContent } from 'lib0/decoding'
import * as Y from 'yjs'
import { limits } from '../../wire/limits.ts'
import { BoundedDecoder } from './bounded-decoder.ts'

/** Structs and deletions of one update. A text of two million single insertions is within it. */
const maxParts = 2_097_152

/** Updates that were found readable: one out of a rumor is asked about before and after its signature was checked. */
const readable = new WeakSet<Uint8Array>()

/** Whether these bytes, not written any more, are an update, version 1, of a bearable size, and nothing else. */
export function isReadable(update: Uint8Array): boolean {
  if (readable.has(update)) return true
  if (update.length > limits.maxUpdateBytes || !isUpdate(update, maxParts)) return false
  readable.add(update)
  return true
}

/** Whether these bytes are an update and nothing else: one of version 2 begins as an empty one of version 1 does. */
export function isUpdate(update: Uint8Array, maxParts: number = Number.POSITIVE_INFINITY): boolean {
  const rest = createDecoder(update)
  const Decoder = class extends BoundedDecoder {
    constructor() {
      super(rest, maxParts)
    }
  }
  try {
    Y.decodeUpdateV2(update, Decoder)
    return !hasContent(rest)
  } catch {
    return false
  }
}
