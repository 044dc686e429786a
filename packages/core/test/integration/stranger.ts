/**
 * Stranger: a libp2p node that reaches members without being one, asks all that it can ask, and records every byte that it
 * receives, after decryption.
 */
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { type HearsayInit, hearsay } from '../../src/index.ts'
import { asked, askOn } from './ask-all.ts'
import { loopback } from './members.ts'
import { recordingNoise } from './recording-noise.ts'

export interface Stranger {
  readonly node: Libp2p
  /** All bytes so far. */
  received(): Uint8Array
}

/** @param member options of a member on the node: then the node is no stranger */
export async function stranger(member?: HearsayInit): Promise<Stranger> {
  const chunks: Uint8Array[] = []
  const node = await createLibp2p({
    addresses: { listen: [loopback] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [recordingNoise(chunk => chunks.push(chunk))],
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
