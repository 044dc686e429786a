/**
 * Peer store cache: skips writes into libp2p's peer store that change nothing.
 *
 * libp2p records the protocol of each new stream. For this, libp2p reads, decodes, merges, encodes and writes the whole record
 * of the peer, and the stream waits until that is done. A connection between two members causes 14 such writes, most of them
 * for a protocol that identify has already recorded.
 */
import type { Peer, PeerData, PeerId, PeerStore } from '@libp2p/interface'

/**
 * Maximum number of cached peers. At the maximum, the cache is cleared, and the next write of each peer is not skipped.
 */
const maxPeers = 4_096

/** Patches the peer store. Call it before the node starts. */
export function skipKnownWrites(store: PeerStore): void {
  const [merge, patch, remove] = [store.merge.bind(store), store.patch.bind(store), store.delete.bind(store)]
  const cached = new Map<string, Peer>()
  const cache = (peer: Peer): Peer => {
    if (cached.size >= maxPeers) cached.clear()
    cached.set(peer.id.toString(), peer)
    return peer
  }

  store.merge = async (id, data, options) => {
    const peer = cached.get(id.toString())
    if (peer && addsNothing(peer, data)) return peer
    return cache(await merge(id, data, options))
  }
  store.patch = async (id, data, options) => cache(await patch(id, data, options))
  store.delete = async (id: PeerId, options) => {
    cached.delete(id.toString())
    await remove(id, options)
  }
}

/** Whether the data contains nothing but known protocols. */
function addsNothing({ protocols }: Peer, data: PeerData): boolean {
  return Object.keys(data).join() === 'protocols' && !!data.protocols?.every(name => protocols.includes(name))
}
