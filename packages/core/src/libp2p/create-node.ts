/**
 * Preset: a libp2p node that is made for one member, and ends with it.
 *
 * What differs between Node and browsers (transports, stores, keys, the clock) comes from outside.
 */

import { identify } from '@libp2p/identify'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p, type Libp2pOptions } from 'libp2p'
import type { Cluster } from '../api/cluster.ts'
import { withLeave } from '../handles/with-leave.ts'
import type { OpenedStorage } from '../storage/recoverable-datastore.ts'
import { clusterPubsub } from './gossipsub-options.ts'
import { loadIdentity } from './identity.ts'
import type { JoinOptions } from './join-options.ts'
import { lazyLogger } from './lazy-logger.ts'
import { coalescingNoise } from './packet-coalescing.ts'
import { skipKnownWrites } from './peer-store-cache.ts'
import type { Platform } from './platform.ts'
import { hearsayAlone } from './service.ts'

export type MemberNode = Libp2p<{ cluster: Cluster }>

export interface NodePlan {
  readonly platform: Platform
  readonly storage: OpenedStorage
  /** What of the node is the platform's. */
  readonly node: Pick<Libp2pOptions, 'transports' | 'connectionGater' | 'services'>
  readonly listen: readonly string[]
  /** What it means here that an address cannot be listened on. What fails for another reason is shown as it is. */
  readonly listenError: (error: Error) => Error
  /** Why members in the local network are not found; undefined if they are, or are not looked for. */
  readonly localDiscoveryError?: () => string | undefined
  /** The node runs. */
  readonly started?: (node: MemberNode) => void
  /** It is to stop, or did not start. */
  readonly stopping?: () => void
}

/**
 * One ping when a connection begins, and none later: yamux lets a stream's window grow beyond 256 kB only if it knows
 * the round trip. A megabyte (our choice) is what a document has under way at most.
 */
const windows = { keepAliveInterval: 2 ** 31 - 1, streamOptions: { maxStreamWindowSize: 1_048_576 } }

/** Starts the node. Whatever fails, nothing is left running, and the store is closed. */
export async function createNode(options: JoinOptions, preset: NodePlan): Promise<Cluster> {
  const { storage } = preset
  try {
    const node = await startNode(options, preset)
    preset.started?.(node)
    const { cluster } = node.services
    const leave = once(async () => {
      preset.stopping?.()
      await cluster.leave()
      await node.stop()
      await storage.close()
    })
    return withLeave(cluster, leave, preset.localDiscoveryError)
  } catch (error) {
    preset.stopping?.()
    await storage.close()
    throw error
  }
}

async function startNode(options: JoinOptions, preset: NodePlan): Promise<MemberNode> {
  const { datastore } = preset.storage
  const node: MemberNode = await createLibp2p({
    ...preset.node,
    start: false,
    logger: lazyLogger(),
    privateKey: await loadIdentity(datastore),
    addresses: { listen: [...preset.listen] },
    connectionEncrypters: [coalescingNoise()],
    streamMuxers: [yamux(windows)],
    // Probes watch the connections already.
    connectionMonitor: { enabled: false },
    // By default a peer is forgotten after six hours without a new stream, and the end of its connection with it.
    peerStore: { maxPeerAge: Number.POSITIVE_INFINITY },
    // The defaults take a burst of joins from one host for an attack.
    connectionManager: {
      inboundConnectionThreshold: 1_000,
      maxIncomingPendingConnections: 256,
      maxConnections: 1_024,
      addressDialTimeout: 10_000,
    },
    services: {
      ...preset.node.services,
      identify: identify(),
      pubsub: clusterPubsub(),
      cluster: hearsayAlone({ ...options, datastore }, preset.platform),
    },
  })
  skipKnownWrites(node.peerStore)
  try {
    await node.start()
  } catch (error) {
    await node.stop()
    throw isListenError(error) ? preset.listenError(error) : error
  }
  return node
}

/** libp2p has one name for one address, and another for several. */
function isListenError(error: unknown): error is Error {
  return error instanceof Error && /^UnsupportedListenAddress(es)?Error$/.test(error.name)
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= act()
    return done
  }
}
