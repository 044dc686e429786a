/**
 * Gossip frame: the messages between gossip routers, and their size as gossipsub's protobuf.
 *
 * One frame is one RPC. The library packs several into one RPC, which has the same size to within a few bytes.
 */
export type GossipFrame =
  | { readonly type: 'subscribe' | 'unsubscribe' }
  | { readonly type: 'message'; readonly name: string; readonly rumor: Uint8Array }
  | { readonly type: 'graft' }
  | { readonly type: 'prune'; readonly backoffMs: number }
  | { readonly type: 'ihave'; readonly names: readonly string[] }
  | { readonly type: 'iwant'; readonly names: readonly string[] }
  | { readonly type: 'idontwant'; readonly name: string }

/** The topic: 16 bytes in base 32. */
const topicBytes = fieldBytes(26)
const nameBytes = fieldBytes(20)
/** A boolean or a small number: a tag and a byte. */
const smallBytes = 2

/** The size of the RPC, without the framing of the stream. */
export function gossipBytes(frame: GossipFrame): number {
  switch (frame.type) {
    case 'subscribe':
    case 'unsubscribe':
      return fieldBytes(smallBytes + topicBytes)
    case 'message':
      return fieldBytes(fieldBytes(frame.rumor.length) + topicBytes)
    case 'graft':
      return controlBytes(topicBytes)
    case 'prune':
      return controlBytes(topicBytes + smallBytes)
    case 'ihave':
      return controlBytes(topicBytes + nameBytes * frame.names.length)
    case 'iwant':
      return controlBytes(nameBytes * frame.names.length)
    case 'idontwant':
      return controlBytes(nameBytes)
  }
}

/** A list with one item, in the field `control`. */
function controlBytes(entryBytes: number): number {
  return fieldBytes(fieldBytes(entryBytes))
}

/** Tag, length and content. */
function fieldBytes(contentBytes: number): number {
  let lengthBytes = 1
  for (let rest = contentBytes; rest > 127; rest = Math.floor(rest / 128)) lengthBytes += 1
  return 1 + lengthBytes + contentBytes
}
