/** Readable updates: whether bytes are exactly one Yjs update of version 1, of acceptable size. */
import { createDecoder, hasContent } from 'lib0/decoding'
import * as Y from 'yjs'
import * as limits from '../../wire/limits.ts'
import { BoundedDecoder } from './bounded-decoder.ts'

/** Limit of structs and deletions in one update. A text of two million single insertions is below it. */
const maxParts = 2_097_152

/**
 * Readable updates → the clients that wrote their structs. An update from a rumor is checked twice, before and after
 * its signature is verified.
 */
const readable = new WeakMap<Uint8Array, readonly number[]>()

/**
 * Whether these bytes are exactly one update of version 1, of acceptable size, which Yjs can apply. The bytes must not
 * change any more.
 */
export function isReadable(update: Uint8Array): boolean {
  return clientsOf(update) !== undefined
}

/**
 * The clients that wrote the structs of an update; undefined: the update is not readable. The bytes must not change any more.
 */
export function clientsOf(update: Uint8Array): readonly number[] | undefined {
  const known = readable.get(update)
  if (known || update.length > limits.maxUpdateBytes) return known
  const decoded = decodeWhole(update, maxParts)
  if (!decoded || !isApplicable(decoded)) return undefined
  const clients = [...new Set(decoded.structs.map(({ id }) => id.client))]
  readable.set(update, clients)
  return clients
}

/** Whether these bytes are one update and nothing else. An update of version 2 begins like an empty one of version 1. */
export function isUpdate(update: Uint8Array, maxParts: number = Number.POSITIVE_INFINITY): boolean {
  return decodeWhole(update, maxParts) !== undefined
}

type DecodedUpdate = ReturnType<typeof Y.decodeUpdateV2>

function decodeWhole(update: Uint8Array, maxParts: number): DecodedUpdate | undefined {
  const rest = createDecoder(update)
  const Decoder = class extends BoundedDecoder {
    constructor() {
      super(rest, maxParts)
    }
  }
  try {
    const decoded = Y.decodeUpdateV2(update, Decoder)
    return hasContent(rest) ? undefined : decoded
  } catch {
    return undefined
  }
}

/**
 * Yjs writes no empty structs and deletions, and no item that refers to a later item of its own client. Yjs does not check
 * this. Yjs throws while it applies such an update, when it has applied a part of the update.
 */
function isApplicable({ structs, ds }: DecodedUpdate): boolean {
  return (
    structs.every(struct => struct.length > 0 && !(struct instanceof Y.Item && refersToLater(struct))) &&
    [...ds.clients.values()].every(ranges => ranges.every(({ len }) => len > 0))
  )
}

const refersToLater = ({ id, origin, rightOrigin, parent }: Y.Item): boolean =>
  [origin, rightOrigin, parent].some(
    each => each instanceof Y.ID && each.client === id.client && each.clock >= id.clock,
  )
