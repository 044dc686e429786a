/** Real gossip: a gossip subject of libp2p nodes in one process, on loopback, with gossipsub as core configures it. */
import { type GossipSub, type GossipSubComponents, gossipsub, TopicValidatorResult } from '@libp2p/gossipsub'
import type { RPC } from '@libp2p/gossipsub/message'
import { identify } from '@libp2p/identify'
import type { Ed25519PrivateKey, PeerId } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { gossipsubOptions } from '../../../core/src/libp2p/gossipsub-options.ts'
import { coalescingNoise } from '../../../core/src/libp2p/packet-coalescing.ts'
import { clusterKeys, rumorTopic } from '../../../core/src/wire/cluster-keys.ts'
import { countingRegister } from './counting-register.ts'
import {
  emptyTally,
  type GossipSubject,
  type GossipTally,
  maxDelayMs,
  minDelayMs,
  rumorName,
  type SubjectOptions,
} from './gossip-subject.ts'

/** gossipsub with two methods that exist but are not part of its declared type. */
type Gossip = GossipSub & {
  getMeshPeers(topic: string): string[]
  handleReceivedRpc(from: PeerId, rpc: RPC): Promise<void>
}

type Node = Libp2p<{ pubsub: Gossip }>

const topic = rumorTopic(clusterKeys('calibration'))

export async function startRealGossip({ topology, judge, isDeaf }: SubjectOptions): Promise<GossipSubject> {
  const { keys, edges } = topology
  const tally = emptyTally()
  const nodes: Node[] = []
  const stop = async () => void (await Promise.all(nodes.map(node => node.stop())))
  const pubsubs = () => nodes.map(node => node.services.pubsub)

  try {
    for (const [member, key] of keys.entries()) {
      const node = await createNode(key, tally)
      nodes.push(node)
      const { pubsub } = node.services
      pubsub.topicValidators.set(topic, (_, { data }) =>
        judge(member, data, performance.now()) === 'accept'
          ? TopicValidatorResult.Accept
          : TopicValidatorResult.Ignore,
      )
      delay(pubsub)
      deafen(pubsub, () => isDeaf(member))
      pubsub.subscribe(topic)
      // Each node has a heartbeat once a second from its start on. The nodes start at even intervals within one second,
      // because the heartbeats of separate processes do not coincide either.
      await pass(1_000 / keys.length)
    }
    for (const [dialler, dialled] of edges) await nodes[dialler]?.dial(nodes[dialled]?.getMultiaddrs() ?? [])
  } catch (error) {
    await stop()
    throw error
  }

  return {
    tally,
    nowMs: () => performance.now(),
    meshSizes: () => pubsubs().map(pubsub => pubsub.getMeshPeers(topic).length),
    publish: (member, rumor) => void pubsubs()[member]?.publish(topic, rumor),
    pass,
    heartbeats: async count => void (await Promise.all(pubsubs().map(pubsub => heartbeats(pubsub, count)))),
    stop,
  }
}

/** Creates a node as `joinCluster` does, but without discovery and membership. */
async function createNode(privateKey: Ed25519PrivateKey, tally: GossipTally): Promise<Node> {
  return createLibp2p({
    privateKey,
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [coalescingNoise()],
    streamMuxers: [yamux({ enableKeepAlive: false })],
    connectionMonitor: { enabled: false },
    connectionManager: {
      inboundConnectionThreshold: 1_000,
      maxIncomingPendingConnections: 256,
      maxConnections: 1_024,
    },
    services: {
      identify: identify(),
      pubsub: (components: GossipSubComponents) =>
        gossipsub({
          ...gossipsubOptions(),
          metricsRegister: countingRegister(tally),
          metricsTopicStrToLabel: new Map(),
        })(components) as Gossip,
    },
  })
}

/** Delays the received RPCs, as a network does. RPCs of one peer stay in order. */
function delay(pubsub: Gossip): void {
  const arrivals = new Map<string, Promise<void>>()
  const handle = pubsub.handleReceivedRpc.bind(pubsub)
  pubsub.handleReceivedRpc = (from, rpc) => {
    const own = pass(minDelayMs + (maxDelayMs - minDelayMs) * Math.random())
    const arrival = Promise.all([own, arrivals.get(from.toString())]).then(() => {})
    arrivals.set(from.toString(), arrival)
    return arrival.then(() => handle(from, rpc))
  }
}

/** While the member is deaf: removes messages that the sender did not announce to it, before gossipsub receives them. */
function deafen(pubsub: Gossip, isDeaf: () => boolean): void {
  const announced = new Set<string>()
  const handle = pubsub.handleReceivedRpc.bind(pubsub)
  pubsub.handleReceivedRpc = (from, rpc) => {
    for (const { messageIDs } of rpc.control?.ihave ?? [])
      for (const id of messageIDs) announced.add(`${from} ${Buffer.from(id).toString('hex')}`)
    if (!isDeaf()) return handle(from, rpc)
    const isAnnounced = ({ data = new Uint8Array() }: RPC.Message) =>
      announced.has(`${from} ${rumorName(data)}`)
    return handle(from, { ...rpc, messages: rpc.messages.filter(isAnnounced) })
  }
}

function heartbeats(pubsub: Gossip, count: number): Promise<void> {
  let left = count
  return new Promise(resolve => {
    const onHeartbeat = (): void => {
      left -= 1
      if (left > 0) return
      pubsub.removeEventListener('gossipsub:heartbeat', onHeartbeat)
      resolve()
    }
    pubsub.addEventListener('gossipsub:heartbeat', onHeartbeat)
  })
}

function pass(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
