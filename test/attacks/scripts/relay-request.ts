/** Relay request: asks a relay for a reservation or a circuit, by libp2p's circuit relay v2. Runs in Node and in pages. */
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
  const peer = concat(field(1, peerIdFromString(request.peer).toMultihash().bytes))
  return concat([Uint8Array.of(0x08, 1), ...field(2, peer)])
}

const concat = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap(part => [...part]))

/** The status 100 in field 5. */
const okStatus = [0x28, 100] as const

export async function relayRequest(connection: Connection, request: RelayRequest): Promise<'ok' | 'refused'> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const stream = await connection.newStream(hopProtocol, { signal })
    const frames = lpStream(stream)
    await frames.write(encode(request), { signal })
    const answer = (await frames.read({ signal })).subarray()
    const isOk = answer.some((byte, at) => byte === okStatus[0] && answer[at + 1] === okStatus[1])
    return isOk ? 'ok' : 'refused'
  } catch {
    return 'refused'
  }
}
