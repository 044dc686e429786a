/** Gossip RPC: the few messages of gossipsub's protocol that an attack sends, encoded by hand. */
import { encode as varint } from 'uint8-varint'

export const rumorProtocol = '/hearsay/rumors/2.0.0'

/** Field numbers of gossipsub's `RPC` and `Message`. */
const fields = { publish: 2, data: 2, topic: 4 } as const

/** An RPC that publishes one message, without author and signature, as members publish. */
export function encodePublish(topic: string, data: Uint8Array): Uint8Array {
  const message = [...field(fields.data, data), ...field(fields.topic, Buffer.from(topic))]
  return Uint8Array.from(Buffer.concat(field(fields.publish, Buffer.concat(message))))
}

/** A length-delimited protobuf field. */
export function field(number: number, content: Uint8Array): Uint8Array[] {
  return [varint((number << 3) | 2), varint(content.length), content]
}
