import { beforeEach, describe, expect, it } from 'vitest'
import { profiles } from '../src/knobs.ts'
import { isOwnNetwork, Links } from '../src/links.ts'

it.each([
  [8, 0, true],
  [6, 2, true],
  [5, 2, false],
  [3, 1, true],
  [3, 0, true],
  [2, 0, false],
])('%i links lost together, %i still open: own network %s', (lost, open, expected) => {
  expect(isOwnNetwork(lost, open)).toBe(expected)
})

describe('Links', () => {
  let links: Links
  beforeEach(() => {
    links = new Links(profiles.lan)
    for (const id of 'abcd') links.opened(id, 0)
  })
  const close = (ids: string, nowMs: number): void => {
    for (const id of ids) links.closed(id, nowMs)
  }

  it('takes the loss of most links within a second for its own network', () => {
    close('ab', 5_000)
    expect(links.awayUntilMs).toBe(-Infinity)
    close('c', 5_900)
    expect(links.awayUntilMs).toBe(7_900)
    expect(links.tick(6_500)).toEqual(['a', 'b', 'c'])
  })

  it('sees nothing in links that end one after the other', () => {
    close('a', 5_000)
    close('b', 6_100)
    close('c', 7_200)
    close('d', 8_300)
    expect(links.awayUntilMs).toBe(-Infinity)
    expect(links.tick(8_300)).toEqual([])
  })

  it('counts no link that was released, neither as lost nor as open', () => {
    for (const id of 'abc') links.forget(id)
    expect(links.reaches('a')).toBe(false)
    close('d', 5_000)
    expect(links.awayUntilMs).toBe(-Infinity)
    expect(links.tick(5_100)).toEqual([])
  })

  it('knows by a refusal that its network is there', () => {
    close('abc', 5_000)
    links.refused(5_002)
    expect(links.awayUntilMs).toBe(-Infinity)
    close('d', 5_003)
    expect(links.awayUntilMs).toBe(-Infinity)
  })

  it('withholds verdicts until a window after the first link is back', () => {
    close('abcd', 5_000)
    links.tick(6_000)
    expect(links.awayUntilMs).toBe(8_000)
    expect(links.opened('c', 6_500)).toBe(true)
    expect(links.awayUntilMs).toBe(8_500)
    expect(links.tick(7_000)).toEqual(['a', 'b', 'd'])
    expect(links.tick(8_500)).toEqual([])
  })

  it('takes the fault on itself for ten intervals, and longer while dials say so', () => {
    close('abcd', 5_000)
    links.tick(14_999)
    expect(links.awayUntilMs).toBe(16_999)
    links.tick(15_000)
    expect(links.awayUntilMs).toBe(16_999)
    expect(links.tick(15_000)).toHaveLength(4)
    links.networkDown('a', 60_000)
    expect(links.awayUntilMs).toBe(62_000)
  })

  it('reaches everybody until a link is reported, then the connected', () => {
    expect(new Links(profiles.lan).reaches('x')).toBe(true)
    expect([links.reaches('a'), links.reaches('x')]).toEqual([true, false])
  })
})
