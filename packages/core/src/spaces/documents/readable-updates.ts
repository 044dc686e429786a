/** Readable updates: whether bytes are exactly one Yjs update of version 1, of acceptable size. */
import { createDecoder, hasContent } from 'lib0/decoding'
import * as Y from 'yjs'
import { limits } from '../../wire/limits.ts'
import { BoundedDecoder } from './bounded-decoder.ts'

/** Limit of structs and deletions in one update. A text of two million single insertions is below it. */
const maxParts = 2_097_152

/** Updates known to be readable: an update from a rumor is checked before and after its signature. */
const readable = new WeakSet<Uint8Array>()

/** Whether these bytes are exactly one update of version 1, of acceptable size. The bytes must not change any more. */
export function isReadable(update: Uint8Array): boolean {
  if (readable.has(update)) return true
  if (update.length > limits.maxUpdateBytes || !isUpdate(update, maxParts)) return false
  readable.add(update)
  return true
}

/** Whether these bytes are one update and nothing else. An update of version 2 begins like an empty one of version 1. */
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
