/** Gossip: gossipsub as hearsay needs it. The one place that imports it; why these options, docs/adr/2 and 4. */
import { type GossipSub, type GossipSubComponents, type GossipsubOpts, gossipsub } from '@libp2p/gossipsub'
import { sha256 } from '@noble/hashes/sha2.js'
import { limits } from '../wire/limits.ts'

export function clusterPubsub(): (components: GossipSubComponents) => GossipSub {
  return gossipsub(gossipsubOptions())
}

export function gossipsubOptions(): Partial<GossipsubOpts> {
  return {
    // Rooms have topics of their own, so which ones is not known beforehand: a peer's are bounded in bytes.
    maxTopicBytesPerPeer: limits.maxSpaces * 64,
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
