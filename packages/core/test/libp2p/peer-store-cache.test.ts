import type { Peer, PeerData, PeerId, PeerStore } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { skipKnownWrites } from '../../src/libp2p/peer-store-cache.ts'

const ada = peerIdFromString(idOf('ada'))
const grace = peerIdFromString(idOf('grace'))

/** A peer store with protocols only, which counts writes.  */
function countingStore() {
  const protocols = new Map<string, string[]>()
  const writes: string[] = []
  const write = (kind: string, id: PeerId, all: string[]): Peer => {
    writes.push(kind)
    protocols.set(id.toString(), all)
    return { id, protocols: all } as unknown as Peer
  }
  const store = {
    merge: async (id: PeerId, data: PeerData) =>
      write('merge', id, [...new Set([...(protocols.get(id.toString()) ?? []), ...(data.protocols ?? [])])]),
    patch: async (id: PeerId, data: PeerData) => write('patch', id, data.protocols ?? []),
    delete: async (id: PeerId) => {
      protocols.delete(id.toString())
    },
  } as unknown as PeerStore
  skipKnownWrites(store)
  return { store, writes }
}

describe('peer store cache', () => {
  it('does not write a known protocol, and returns the same result', async () => {
    const { store, writes } = countingStore()
    await store.patch(ada, { protocols: ['/a', '/b'] })
    const peer = await store.merge(ada, { protocols: ['/b'] })
    expect(peer.protocols).toEqual(['/a', '/b'])
    expect(writes).toEqual(['patch'])
  })

  it.each<[string, PeerId, PeerData]>([
    ['a new protocol', ada, { protocols: ['/c'] }],
    ['more than protocols', ada, { protocols: ['/a'], metadata: {} }],
    ['a protocol of another peer', grace, { protocols: ['/a'] }],
  ])('writes %s', async (_, id, data) => {
    const { store, writes } = countingStore()
    await store.patch(ada, { protocols: ['/a', '/b'] })
    await store.merge(id, data)
    expect(writes).toEqual(['patch', 'merge'])
  })

  it('writes a protocol that was deleted or replaced before', async () => {
    const { store, writes } = countingStore()
    await store.merge(ada, { protocols: ['/a'] })
    await store.delete(ada)
    await store.merge(ada, { protocols: ['/a'] })
    await store.patch(ada, { protocols: ['/b'] })
    await store.merge(ada, { protocols: ['/a'] })
    expect(writes).toEqual(['merge', 'merge', 'patch', 'merge'])
  })
})
