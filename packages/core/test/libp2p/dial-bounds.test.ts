import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { DialBounds } from '../../src/libp2p/dial-bounds.ts'

/** Dials of different endpoints. @returns the wait of each */
function dials(bounds: DialBounds, count: number, nowMs: number, maxWaitMs: number): (number | undefined)[] {
  return Array.from({ length: count }, (_, i) => bounds.reserve(`192.0.2.1 ${nowMs + i}`, nowMs, maxWaitMs))
}

describe('dials of addresses that only others name', () => {
  it('go to eight at once, then to one a second', () => {
    const bounds = new DialBounds()
    expect(dials(bounds, 11, 0, 5_000)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1_000, 2_000, 3_000])
    expect(bounds.reserve('a', 4_000, 0)).toBe(0)
  })

  it('are refused if they would have to wait too long, and then cost nothing', () => {
    const bounds = new DialBounds()
    expect(dials(bounds, 100, 0, 5_000).filter(waitMs => waitMs !== undefined)).toHaveLength(13)
    expect(bounds.reserve('a', 1_000, 5_000)).toBe(5_000)
    expect(bounds.reserve('b', 6_000, 0)).toBe(undefined)
    expect(bounds.reserve('b', 7_000, 0)).toBe(0)
  })

  it('cost nothing if they lead to members', () => {
    const bounds = new DialBounds()
    for (let i = 0; i < 100; i++) {
      expect(bounds.reserve(`192.0.2.1 ${i}`, 0, 0)).toBe(0)
      bounds.succeeded(`192.0.2.1 ${i}`)
    }
  })

  it('are not given back by members that were not dialled', () => {
    const bounds = new DialBounds()
    dials(bounds, 8, 0, 0)
    for (let i = 0; i < 100; i++) bounds.succeeded(`192.0.2.2 ${i}`)
    expect(bounds.reserve('a', 0, 0)).toBe(undefined)
  })

  it('go to one endpoint at most twice in a minute', () => {
    const bounds = new DialBounds()
    const secondsDialled = Array.from({ length: 60 }, (_, s) => bounds.reserve('a', s * 1_000, 5_000))
    expect(secondsDialled.filter(waitMs => waitMs !== undefined)).toHaveLength(2)
  })
})

describe('the addresses at which a member is dialled', () => {
  const chosen = (
    bounds: DialBounds,
    addresses: readonly string[],
    lastHost: string | undefined,
    nowMs: number,
  ) => {
    const own = [multiaddr('/ip4/192.0.2.9/tcp/1')]
    const { allowed, waitMs } = bounds.choose(
      addresses.map(each => multiaddr(each)),
      { own, lastHost },
      nowMs,
    )
    return { allowed: [...allowed].map(String), waitMs }
  }
  const portsOf = (host: string, count: number, first = 1) =>
    Array.from({ length: count }, (_, i) => `/ip4/${host}/tcp/${first + i}`)

  it('are at most four, if only records name them', () => {
    const addresses = portsOf('192.0.2.1', 9)
    expect(chosen(new DialBounds(), addresses, undefined, 0)).toEqual({
      allowed: addresses.slice(0, 4),
      waitMs: 0,
    })
  })

  it('are one after a wait, if the rate allows no more', () => {
    const bounds = new DialBounds()
    dials(bounds, 8, 0, 0)
    const addresses = portsOf('192.0.2.2', 3)
    expect(chosen(bounds, addresses, undefined, 0)).toEqual({ allowed: addresses.slice(0, 1), waitMs: 1_000 })
  })

  it('have a larger rate at the host of the last connection, which each host has for itself', () => {
    const bounds = new DialBounds()
    dials(bounds, 13, 0, 5_000)
    const count = (host: string, nowMs: number) =>
      chosen(bounds, portsOf(host, 100), host, nowMs).allowed.length
    expect([count('192.0.2.3', 0), count('192.0.2.4', 0), count('192.0.2.3', 3_000)]).toEqual([64, 64, 3])
  })

  it('wait for nothing at other hosts if the last host is dialled', () => {
    const bounds = new DialBounds()
    dials(bounds, 8, 0, 0)
    const addresses = ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.2/tcp/2']
    expect(chosen(bounds, addresses, '192.0.2.1', 0)).toEqual({ allowed: addresses.slice(0, 1), waitMs: 0 })
  })

  it('contain no name', () => {
    expect(chosen(new DialBounds(), ['/dns4/victim.example/tcp/80/ws'], '192.0.2.1', 0).allowed).toEqual([])
  })
})
