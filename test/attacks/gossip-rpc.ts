/** Gossip RPC: the few messages of gossipsub's protocol that an attack sends or reads, encoded by hand. */
import { encodingLength, decode as readVarint, encode as varint } from 'uint8-varint'

export const rumorProtocol = '/hearsay/rumors/2.0.0'

/** Field numbers of gossipsub's `RPC` and `Message`. */
const fields = { subscriptions: 1, publish: 2, control: 3, data: 2, topic: 4 } as const
/** Field numbers of `SubOpts` and `ControlMessage`. */
const meshFields = { subscribe: 1, subscribedTopic: 2, graft: 3, graftedTopic: 1 } as const

/** An RPC that publishes one message, without author and signature, as members publish. */
export function encodePublish(topic: string, data: Uint8Array): Uint8Array {
  const message = [...field(fields.data, data), ...field(fields.topic, Buffer.from(topic))]
  return Uint8Array.from(Buffer.concat(field(fields.publish, Buffer.concat(message))))
}

/** An RPC that subscribes to a topic, and asks the receiver to take the sender into its mesh. */
export function encodeJoinMesh(topic: string): Uint8Array {
  const name = Buffer.from(topic)
  const subscription = Buffer.concat([
    Uint8Array.of(meshFields.subscribe << 3, 1),
    ...field(meshFields.subscribedTopic, name),
  ])
  const graft = Buffer.concat(field(meshFields.graft, Buffer.concat(field(meshFields.graftedTopic, name))))
  return Buffer.concat([...field(fields.subscriptions, subscription), ...field(fields.control, graft)])
}

/** The data of the messages of a topic in an RPC of a member, which has length-delimited fields only at its top level. */
export function publishedData(rpc: Uint8Array, topic: string): Uint8Array[] {
  return fieldsIn(rpc, fields.publish).flatMap(message => {
    const [name = new Uint8Array()] = fieldsIn(message, fields.topic)
    return Buffer.from(name).toString() === topic ? fieldsIn(message, fields.data) : []
  })
}

/** The contents of one field. */
function fieldsIn(bytes: Uint8Array, number: number): Uint8Array[] {
  const contents: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const key = readVarint(bytes, at)
    at += encodingLength(key)
    const length = readVarint(bytes, at)
    at += encodingLength(length)
    if (key === ((number << 3) | 2)) contents.push(bytes.subarray(at, at + length))
    at += length
  }
  return contents
}

/** A length-delimited protobuf field. */
export function field(number: number, content: Uint8Array): Uint8Array[] {
  return [varint((number << 3) | 2), varint(content.length), content]
}
