import { describe, expect, it } from 'vitest'
import { cachedPeersOf, maxCachedPeers, sampleCachedPeers } from '../../src/overlay/peer-cache.ts'
import { mulberry32 } from '../helpers/mulberry32.ts'

describe('acquaintances', () => {
  it('are one address of each, the dearest first, each once, and not more than the bound', () => {
    const others = Array.from({ length: 1_000 }, (_, i) => `m${i}`)
    const kept = cachedPeersOf([['m7', 'silent'], others], id =>
      id === 'silent' ? [] : [`/dns4/${id}/tcp/1`, '/dns4/second/tcp/1'],
    )
    expect(kept.slice(0, 3)).toEqual(['/dns4/m7/tcp/1', '/dns4/m0/tcp/1', '/dns4/m1/tcp/1'])
    expect(kept).toHaveLength(maxCachedPeers)
    expect(new Set(kept).size).toBe(maxCachedPeers)
  })

  it('are tried a few at a time, and all of them in the end', () => {
    const random = mulberry32(1)
    const all = Array.from({ length: 20 }, (_, i) => `/dns4/m${i}/tcp/1`)
    const tried = new Set<string>()
    for (let round = 0; round < 40; round++) {
      const drawn = sampleCachedPeers(all, random)
      expect(drawn).toHaveLength(8)
      for (const address of drawn) tried.add(address)
    }
    expect(tried.size).toBe(20)
  })
})
