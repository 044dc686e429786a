/**
 * Create node: a libp2p node that is created for one member and stops with it.
 *
 * The caller provides everything that differs between Node and browsers: transports, store, keys, clock.
 */

import type { Ed25519PrivateKey } from '@libp2p/interface'
import { yamux } from '@libp2p/yamux'
import type { Datastore } from 'interface-datastore'
import { createLibp2p, type Libp2p, type Libp2pOptions } from 'libp2p'
import { checkLeave } from '../api/call-options.ts'
import type { Cluster, LeaveOptions } from '../api/cluster.ts'
import type { Named } from '../api/ticket.ts'
import { withLeave } from '../handles/with-leave.ts'
import { EphemeralDatastore, type OpenedStorage } from '../storage/recoverable-datastore.ts'
import { AdmissionGate } from './admission/admission-gate.ts'
import { loadIdentity } from './identity.ts'
import type { JoinOptions } from './join-options.ts'
import { lazyLogger } from './lazy-logger.ts'
import { coalescingNoise } from './packet-coalescing.ts'
import { skipKnownWrites } from './peer-store-cache.ts'
import type { NodeFigures, NodeHealth, Platform } from './platform.ts'
import { hearsayAlone, type LoneMember } from './service.ts'

export type MemberNode = Libp2p<{ cluster: LoneMember }>

export interface NodePlan {
  readonly platform: Platform
  readonly storage: OpenedStorage
  /** Makes the member's key. @default read from the store, and created at the first start */
  readonly identity?: (datastore: Datastore) => Promise<Ed25519PrivateKey>
  /** The parts of the node that depend on the platform. */
  readonly node: (gate: AdmissionGate) => Pick<Libp2pOptions, 'transports' | 'connectionGater' | 'services'>
  readonly listen: readonly string[]
  /** Further addresses at which the member can be dialled. */
  readonly announce?: readonly string[]
  /** Explains why the node cannot listen on an address. Other errors are thrown unchanged. */
  readonly listenError: (error: Error) => Error
  /** The fields of the member's health that only the platform knows. */
  readonly health?: NodeHealth
  /** The figures that only the platform can measure. */
  readonly figures?: NodeFigures
  /** Called when the node runs. */
  readonly started?: (node: MemberNode) => void
  /** Called before the node stops, or when it could not start. */
  readonly stopping?: () => void
}

/**
 * One ping when a connection opens, and none later: yamux raises a stream's window above 256 kB only if it knows the round
 * trip. Maximum window: 1 MB (our choice), the most that a document has in flight.
 */
const windows = { keepAliveInterval: 2 ** 31 - 1, streamOptions: { maxStreamWindowSize: 1_048_576 } }

/** Creates and starts the node. If anything fails, nothing is left running, and the store is closed. */
export async function createNode(options: Named<JoinOptions>, plan: NodePlan): Promise<Cluster> {
  const { storage } = plan
  try {
    const privateKey = await identityOf(options, plan)
    return await startNode(await buildNode(options, plan, privateKey), plan)
  } catch (error) {
    plan.stopping?.()
    await storage.close()
    throw error
  }
}

/** Starts a node that `buildNode` has made. If that fails, the node does not run, and the store is still open. */
export async function startNode(
  node: MemberNode,
  plan: Pick<NodePlan, 'storage' | 'listenError' | 'started' | 'stopping'>,
): Promise<Cluster> {
  const { storage } = plan
  try {
    await node.start()
  } catch (error) {
    await node.stop()
    throw isListenError(error) ? plan.listenError(error) : error
  }
  plan.started?.(node)
  const { cluster } = node.services
  const leave = once(async (options?: LeaveOptions) => {
    plan.stopping?.()
    const left = cluster.leave(options)
    // The browser may freeze the page before the member has stopped.
    if (options?.returnsWithinMs !== undefined) storage.release?.()
    await left
    await node.stop()
    await storage.close()
  })
  return withLeave(cluster, leave)
}

/** Makes the node, which neither listens nor dials before it is started. */
export async function buildNode(
  options: Named<JoinOptions>,
  plan: Omit<NodePlan, 'storage'> & { readonly storage: Pick<OpenedStorage, 'datastore'> },
  privateKey: Ed25519PrivateKey,
): Promise<MemberNode> {
  const { datastore } = plan.storage
  const gate = new AdmissionGate()
  const parts = plan.node(gate)
  const node: MemberNode = await createLibp2p({
    ...parts,
    start: false,
    logger: lazyLogger(),
    ...(options.metrics && { metrics: options.metrics }),
    privateKey,
    addresses: { listen: [...plan.listen], appendAnnounce: [...(plan.announce ?? [])] },
    connectionEncrypters: [coalescingNoise()],
    streamMuxers: [yamux(windows)],
    // hearsay's probes monitor the connections already.
    connectionMonitor: { enabled: false },
    // By default libp2p removes a peer after 6 h without a new stream, and then does not report that its connection closed.
    peerStore: { maxPeerAge: Number.POSITIVE_INFINITY },
    // The defaults treat a burst of joins from one host as an attack. In Node, the bounds of node/unadmitted-sockets.ts
    // apply first: libp2p's bound for pending connections refuses everybody while one host keeps silent connections open.
    connectionManager: {
      inboundConnectionThreshold: 1_000,
      maxIncomingPendingConnections: 2_048,
      maxConnections: 1_024,
      addressDialTimeout: 10_000,
    },
    services: {
      ...parts.services,
      cluster: hearsayAlone({ ...options, datastore }, plan.platform, gate, plan.health, plan.figures),
    },
  })
  skipKnownWrites(node.peerStore)
  return node
}

export async function identityOf(
  { wrapKey, unwrapKey }: JoinOptions,
  {
    identity,
    storage: { datastore },
  }: Pick<NodePlan, 'identity'> & { readonly storage: Pick<OpenedStorage, 'datastore'> },
): Promise<Ed25519PrivateKey> {
  if (identity) return await identity(datastore)
  // A key in memory ends with the process.
  if (!wrapKey || !unwrapKey || datastore instanceof EphemeralDatastore) return await loadIdentity(datastore)
  const { loadWrappedIdentity } = await import('./wrapped-identity.ts')
  return await loadWrappedIdentity(datastore, { wrapKey, unwrapKey })
}

/** libp2p names the error differently for one address and for several. */
function isListenError(error: unknown): error is Error {
  return error instanceof Error && /^UnsupportedListenAddress(es)?Error$/.test(error.name)
}

function once(act: (options?: LeaveOptions) => Promise<void>): (options?: LeaveOptions) => Promise<void> {
  let done: Promise<void> | undefined
  return options => {
    checkLeave(options)
    done ??= act(options)
    return done
  }
}
