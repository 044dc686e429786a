/** Gossipsub options: gossipsub as hearsay needs it. The reasons for these options are in docs/adr/0002 and 0004. */
import { type GossipSub, type GossipSubComponents, type GossipsubOpts, gossipsub } from '@libp2p/gossipsub'
import { sha256 } from '@noble/hashes/sha2.js'
import * as limits from '../wire/limits.ts'

export function clusterPubsub(): (components: GossipSubComponents) => GossipSub {
  return gossipsub(gossipsubOptions())
}

export function gossipsubOptions(): Partial<GossipsubOpts> {
  return {
    fallbackToFloodsub: false,
    // Each room has a topic, so the topics are not known in advance: this limits the bytes of a peer's topics.
    maxTopicBytesPerPeer: limits.maxSpaces * 64,
    // A rumor contains its authors' signatures. An additional signature by gossipsub would raise the CPU time by two
    // thirds.
    globalSignaturePolicy: 'StrictNoSign',
    msgIdFn: ({ data }) => sha256(data).subarray(0, 20),
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    // Members behind one NAT or on one computer share an IP address: that is no sign of a Sybil attack.
    scoreParams: { IPColocationFactorWeight: 0 },
    maxInboundDataLength: 2 * limits.maxRumorBytes,
    maxOutboundBufferSize: 64 * limits.maxRumorBytes,
  }
}
