/** Gossip: gossipsub as hearsay needs it. The one place that imports it; why these options, docs/adr/2 and 4. */
import { type GossipSub, type GossipSubComponents, type GossipsubOpts, gossipsub } from '@libp2p/gossipsub'
import { sha256 } from '@noble/hashes/sha2.js'
import { rumorTopic } from '../wire/cluster-tag.ts'
import { limits } from '../wire/limits.ts'

export function clusterGossip(cluster: Uint8Array): (components: GossipSubComponents) => GossipSub {
  return gossipsub(gossipOptions(cluster))
}

export function gossipOptions(cluster: Uint8Array): Partial<GossipsubOpts> {
  return {
    allowedTopics: [rumorTopic(cluster)],
    // A rumor carries its authors' signatures; gossipsub's own would cost two thirds of the processor time again.
    globalSignaturePolicy: 'StrictNoSign',
    msgIdFn: ({ data }) => sha256(data).subarray(0, 20),
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    // Everybody behind one NAT or on one machine has one address, and is no swarm of forgers for that.
    scoreParams: { IPColocationFactorWeight: 0 },
    maxInboundDataLength: 2 * limits.maxRumorBytes,
    maxOutboundBufferSize: 64 * limits.maxRumorBytes,
  }
}
