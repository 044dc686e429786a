import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { cachedPeersOf, maxCachedPeers, PeerCache, sampleCachedPeers } from '../../src/overlay/peer-cache.ts'

describe('peer cache', () => {
  it('contains one address of each member, preferred groups first, up to the limit', () => {
    const others = Array.from({ length: 1_000 }, (_, i) => `m${i}`)
    const addresses = cachedPeersOf([['m7', 'silent'], others], id =>
      id === 'silent' ? [] : [`/dns4/${id}/tcp/1`, '/dns4/second/tcp/1'],
    )
    expect(addresses.slice(0, 3)).toEqual(['/dns4/m7/tcp/1', '/dns4/m0/tcp/1', '/dns4/m1/tcp/1'])
    expect(addresses).toHaveLength(maxCachedPeers)
    expect(new Set(addresses).size).toBe(maxCachedPeers)
  })

  it('samples a few addresses at a time, and eventually all of them', () => {
    const random = mulberry32(1)
    const all = Array.from({ length: 20 }, (_, i) => `/dns4/m${i}/tcp/1`)
    const sampled = new Set<string>()
    for (let round = 0; round < 40; round++) {
      const sample = sampleCachedPeers(all, random)
      expect(sample).toHaveLength(8)
      for (const address of sample) sampled.add(address)
    }
    expect(sampled.size).toBe(20)
  })

  it('reports the addresses only when they changed, and keeps the last ones while there are none', () => {
    const cache = new PeerCache()
    const changed = (...ids: string[]) => cache.changed([ids], id => [`/dns4/${id}/tcp/1`])
    expect(changed('m1', 'm2')).toEqual(['/dns4/m1/tcp/1', '/dns4/m2/tcp/1'])
    expect(changed('m1', 'm2')).toBeUndefined()
    expect(changed()).toBeUndefined()
    expect(changed('m1', 'm2')).toBeUndefined()
    expect(changed('m2', 'm1')).toEqual(['/dns4/m2/tcp/1', '/dns4/m1/tcp/1'])
  })
})
