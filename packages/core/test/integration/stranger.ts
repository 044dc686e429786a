/**
 * Stranger: a libp2p node that reaches members without being one, asks all that it can ask, and records every byte that it
 * receives, after decryption.
 */
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Connection, ConnectionEncrypter, SecuredConnection, Stream } from '@libp2p/interface'
import { type NoiseComponents, noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { type HearsayInit, hearsay } from '../../src/index.ts'
import { loopback } from './members.ts'

/** Protocols of hearsay, past and present, and of libp2p. `ls` asks for the list of all protocols. */
const asked = [
  'ls',
  '/ipfs/id/1.0.0',
  '/ipfs/id/push/1.0.0',
  '/ipfs/ping/1.0.0',
  '/meshsub/1.2.0',
  '/floodsub/1.0.0',
  '/libp2p/circuit/relay/0.2.0/hop',
  '/hearsay/probe/1.0.0',
  '/hearsay/sync/1.0.0',
  '/hearsay/space/2.0.0',
  '/hearsay/probe/2.0.0',
  '/hearsay/sync/2.0.0',
  '/hearsay/space/3.0.0',
  '/hearsay/query/1.0.0',
  '/hearsay/rumors/2.0.0',
  '/hearsay/admission/1.0.0',
  '/hearsay/revocation/1.0.0',
]

export interface Stranger {
  readonly node: Libp2p
  /** All bytes so far. */
  received(): Uint8Array
}

/** @param member options of a member on the node: then the node is no stranger */
export async function stranger(member?: HearsayInit): Promise<Stranger> {
  const chunks: Uint8Array[] = []
  const record = <T>(secured: SecuredConnection<T>): SecuredConnection<T> => {
    secured.connection.addEventListener('message', ({ data }) => chunks.push(data.subarray().slice()))
    return secured
  }
  const recordingNoise = (components: NoiseComponents): ConnectionEncrypter => {
    const inner = noise()(components)
    return {
      protocol: inner.protocol,
      secureInbound: async (...given) => record(await inner.secureInbound(...given)),
      secureOutbound: async (...given) => record(await inner.secureOutbound(...given)),
    }
  }
  const node = await createLibp2p({
    addresses: { listen: [loopback] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [recordingNoise],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign' }),
      ...(member && { hearsay: hearsay(member) }),
    },
  })
  if (!member)
    for (const protocol of asked.filter(name => name.startsWith('/hearsay')))
      await node.handle(protocol, stream => askOn(stream))
  return { node, received: () => Uint8Array.from(Buffer.concat(chunks)) }
}

/** Asks all that the connection allows, until nothing more arrives. */
export async function askAll(connection: Connection): Promise<void> {
  const signal = AbortSignal.timeout(2_000)
  await Promise.all(
    asked.map(async protocol => {
      try {
        askOn(await connection.newStream(protocol, { signal }))
      } catch {
        // The member does not know the protocol, or has closed the connection.
      }
    }),
  )
  await new Promise(resolve => setTimeout(resolve, 2_000))
}

/** Sends 64 zero bytes, which is a wrong proof in an admission and an unreadable frame elsewhere, and reads on. */
function askOn(stream: Stream): void {
  stream.addEventListener('message', () => {})
  try {
    stream.send(new Uint8Array(64))
  } catch {
    // The member has closed the stream.
  }
}
