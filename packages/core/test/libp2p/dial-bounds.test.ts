import { describe, expect, it } from 'vitest'
import { DialBounds } from '../../src/libp2p/dial-bounds.ts'

describe('dials of members that were never connected', () => {
  it('go to eight at once, then to one a second', () => {
    const bounds = new DialBounds()
    const waits = Array.from({ length: 11 }, () => bounds.reserve(0))
    expect(waits).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1_000, 2_000, 3_000])
    expect(bounds.reserve(4_000)).toBe(0)
  })

  it('are refused if they would have to wait for more than 5 s, and then cost nothing', () => {
    const bounds = new DialBounds()
    const waits = Array.from({ length: 100 }, () => bounds.reserve(0))
    expect(waits.filter(wait => wait !== undefined)).toHaveLength(13)
    expect(bounds.reserve(1_000)).toBe(5_000)
  })
})

describe('dials of one host and port', () => {
  it('are at most two in a minute, and become rarer', () => {
    const bounds = new DialBounds()
    const dialledS: number[] = []
    for (let s = 0; s < 1_200; s++) if (bounds.tryDial('192.0.2.1 80', s * 1_000)) dialledS.push(s)
    expect(dialledS).toEqual([0, 5, 65, 185, 425, 665, 905, 1_145])
  })

  it('begin anew when a member was admitted there, or after 10 minutes', () => {
    const bounds = new DialBounds()
    bounds.tryDial('a', 0)
    expect(bounds.tryDial('a', 1)).toBe(false)
    bounds.succeeded('a')
    expect(bounds.tryDial('a', 2)).toBe(true)
    expect(bounds.tryDial('a', 600_002)).toBe(true)
    expect(bounds.tryDial('a', 605_002)).toBe(true)
    expect(bounds.tryDial('a', 610_002)).toBe(false)
  })

  it('do not count for other ones', () => {
    const bounds = new DialBounds()
    expect(['a 1', 'a 2', 'b 1'].map(place => bounds.tryDial(place, 0))).toEqual([true, true, true])
  })
})
