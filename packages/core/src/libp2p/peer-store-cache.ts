/**
 * Frugal peer store: writes nothing that it knows already.
 *
 * libp2p notes the protocol of each stream that opens: it reads, decodes, merges, encodes and writes all that is stored
 * of the peer, and the stream waits for it. That is 14 writes for a connection between two members, most of them for a
 * protocol that identify has told before.
 */
import type { Peer, PeerData, PeerId, PeerStore } from '@libp2p/interface'

/** Peers of which the last answer is kept; beyond, all are forgotten, and the next write of each is done. */
const maxPeers = 4_096

/** Changes this store. Call it before the node starts. */
export function skipKnownWrites(store: PeerStore): void {
  const [merge, patch, remove] = [store.merge.bind(store), store.patch.bind(store), store.delete.bind(store)]
  const kept = new Map<string, Peer>()
  const keep = (peer: Peer): Peer => {
    if (kept.size >= maxPeers) kept.clear()
    kept.set(peer.id.toString(), peer)
    return peer
  }

  store.merge = async (id, data, options) => {
    const peer = kept.get(id.toString())
    if (peer && addsNothing(peer, data)) return peer
    return keep(await merge(id, data, options))
  }
  store.patch = async (id, data, options) => keep(await patch(id, data, options))
  store.delete = async (id: PeerId, options) => {
    kept.delete(id.toString())
    await remove(id, options)
  }
}

/** Names protocols alone, and only such as are known. */
function addsNothing({ protocols }: Peer, data: PeerData): boolean {
  return Object.keys(data).join() === 'protocols' && !!data.protocols?.every(name => protocols.includes(name))
}
