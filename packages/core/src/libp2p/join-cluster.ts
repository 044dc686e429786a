/**
 * joinCluster for Node: a libp2p node of its own, over TCP, Noise and yamux, that is a member of one cluster.
 */
import { identify } from '@libp2p/identify'
import type { PeerDiscovery } from '@libp2p/interface'
import { type MulticastDNSComponents, mdns } from '@libp2p/mdns'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import type { Datastore } from 'interface-datastore'
import { createLibp2p, type Libp2p } from 'libp2p'
import { toString as toText } from 'uint8arrays/to-string'
import { ListenError, StorageError } from '../cluster/errors.ts'
import { checkAddress, checkMemberOptions, type MemberOptions } from '../cluster/options.ts'
import type { Cluster } from '../face/cluster.ts'
import { withLeave } from '../face/with-leave.ts'
import { clusterTag } from '../wire/cluster-tag.ts'
import { dialDiscovered } from './discovery.ts'
import { frugalNoise } from './frugal-packets.ts'
import { clusterGossip } from './gossip.ts'
import { hearsayAlone } from './hearsay.ts'
import { loadIdentity, openStorage } from './storage.ts'

export interface JoinOptions extends MemberOptions {
  /** Multiaddrs to listen on. @default ['/ip4/0.0.0.0/tcp/0'] */
  listen?: readonly string[]
  /** A folder or a datastore for identity and incarnation. @default memory: a new member at each start */
  storage?: string | Datastore
  /** Find members of the cluster in the local network by multicast DNS. @default true */
  mdns?: boolean
}

/**
 * Joins, and resolves as soon as this member listens: who else is there comes as events.
 *
 * @throws {InvalidOptionsError} an option; nothing was started
 * @throws {StorageError} the store; it was left as it is
 * @throws {ListenError} an address; nothing is left running
 */
export async function joinCluster(options: JoinOptions): Promise<Cluster> {
  const { listen = ['/ip4/0.0.0.0/tcp/0'] } = options
  checkMemberOptions(options)
  for (const address of listen) checkAddress('listen', address)
  const storage = await openStorage(options.storage)
  try {
    const node = await startNode(options, listen, storage.datastore)
    const { cluster } = node.services
    const leave = once(async () => {
      await cluster.leave()
      await node.stop()
      await storage.close()
    })
    return withLeave(cluster, leave)
  } catch (error) {
    await storage.close()
    throw error
  }
}

type Node = Libp2p<{ cluster: Cluster }>

async function startNode(
  options: JoinOptions,
  listen: readonly string[],
  datastore: Datastore,
): Promise<Node> {
  const tag = clusterTag(options.cluster)
  const discoveries: PeerDiscovery[] = []
  const findLocally = (components: MulticastDNSComponents): PeerDiscovery => {
    const discovery = mdns({ serviceTag: serviceTag(tag) })(components)
    discoveries.push(discovery)
    return discovery
  }
  const node = await createLibp2p({
    start: false,
    privateKey: await loadIdentity(datastore),
    addresses: { listen: [...listen] },
    transports: [tcp()],
    connectionEncrypters: [frugalNoise()],
    streamMuxers: [yamux({ enableKeepAlive: false })],
    peerDiscovery: options.mdns === false ? [] : [findLocally],
    // Probes watch the connections already.
    connectionMonitor: { enabled: false },
    // The defaults take a burst of joins from one host for an attack.
    connectionManager: {
      inboundConnectionThreshold: 1_000,
      maxIncomingPendingConnections: 256,
      maxConnections: 1_024,
      addressDialTimeout: 10_000,
    },
    services: {
      identify: identify(),
      pubsub: clusterGossip(),
      cluster: hearsayAlone({ ...options, datastore }),
    },
  })
  try {
    await node.start()
  } catch (error) {
    await node.stop()
    if (error instanceof StorageError) throw error
    throw new ListenError(`listen: ${listenReason(error, listen)}`, { cause: error })
  }
  for (const discovery of discoveries) dialFrom(discovery, node)
  return node
}

function dialFrom(discovery: PeerDiscovery, node: Node): void {
  const { cluster } = node.services
  const stop = dialDiscovered({
    discovery,
    status: id => cluster.members.getSnapshot().find(member => member.id === id)?.status,
    visible: () => cluster.health().visible,
    dial: addresses => node.dial(addresses),
    random: Math.random,
  })
  node.addEventListener('stop', stop, { once: true })
}

/** Only members of the same cluster answer to it, and it is a valid DNS-SD name. */
function serviceTag(tag: Uint8Array): string {
  return `_hearsay-${toText(tag, 'base32').slice(0, 8)}._udp.local`
}

function listenReason(error: unknown, listen: readonly string[]): string {
  const message = error instanceof Error ? [error.message, ...nestedMessages(error)].join(' ') : String(error)
  const where = listen.join(', ')
  if (message.includes('EADDRINUSE'))
    return `${where} is in use by another process. Choose another port, or 0 for any`
  if (message.includes('EADDRNOTAVAIL')) return `${where} is no address of this machine`
  if (message.includes('EACCES')) return `${where} needs more rights. Choose a port above 1023`
  if (message.includes('No transport'))
    return `${where} is no TCP address. Write it like /ip4/0.0.0.0/tcp/4001`
  return `${where} cannot be listened on: ${message.split('\n', 1)[0]}`
}

function nestedMessages(error: Error): string[] {
  const nested =
    error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause]
  return nested.flatMap(each =>
    each instanceof Error ? [each.message, ...nestedMessages(each)] : [String(each)],
  )
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= act()
    return done
  }
}
