/** Relay request: asks a relay for a reservation or a circuit, by the messages of libp2p's circuit relay v2. */
import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { lpStream } from '@libp2p/utils'
import { field } from '../gossip-rpc.ts'

const hopProtocol = '/libp2p/circuit/relay/0.2.0/hop'
const timeoutMs = 3_000

export type RelayRequest = { readonly type: 'reserve' } | { readonly type: 'connect'; readonly peer: string }

/** `HopMessage`: its type in field 1, the peer with its id in field 2, and in an answer the status in field 5. */
function encode(request: RelayRequest): Uint8Array {
  if (request.type === 'reserve') return Uint8Array.of(0x08, 0)
  const peer = Buffer.concat(field(1, peerIdFromString(request.peer).toMultihash().bytes))
  return Buffer.concat([Uint8Array.of(0x08, 1), ...field(2, peer)])
}

/** The status 100 in field 5. */
const okStatus = Buffer.from([0x28, 100])

export async function relayRequest(connection: Connection, request: RelayRequest): Promise<'ok' | 'refused'> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const stream = await connection.newStream(hopProtocol, { signal })
    const frames = lpStream(stream)
    await frames.write(encode(request), { signal })
    const answer = Buffer.from((await frames.read({ signal })).subarray())
    return answer.includes(okStatus) ? 'ok' : 'refused'
  } catch {
    return 'refused'
  }
}
