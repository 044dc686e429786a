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

describe('dials of the host at which a member was last connected', () => {
  it('have a larger rate for each host', () => {
    const bounds = new DialBounds()
    dials(bounds, 100, 0, 0)
    const allowed = (host: string, nowMs: number) =>
      Array.from({ length: 100 }, () => bounds.tryKnownHost(host, nowMs)).filter(Boolean).length
    expect([allowed('a', 0), allowed('b', 0), allowed('a', 3_000)]).toEqual([64, 64, 3])
  })
})
