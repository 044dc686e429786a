import { beforeEach, describe, expect, it } from 'vitest'
import { ConnectionTracker } from '../src/connection-tracker.ts'
import { profiles } from '../src/parameters.ts'

describe('Links', () => {
  let links: ConnectionTracker
  beforeEach(() => {
    links = new ConnectionTracker(profiles.lan)
    for (const id of 'abcd') links.opened(id, 0)
  })
  const close = (ids: string, nowMs: number): void => {
    for (const id of ids) links.closed(id, nowMs)
  }

  it('takes the loss of all links within a second for its own network, and not that of most', () => {
    close('abc', 5_000)
    expect(links.graceUntilMs).toBe(-Infinity)
    expect(links.tick(5_500)).toEqual([])
    close('d', 5_900)
    expect(links.graceUntilMs).toBe(17_900)
    expect(links.tick(6_500)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('takes a dial that found no network for a fact about one member while another link stands', () => {
    for (let nowMs = 1_000; nowMs < 60_000; nowMs += 1_000) links.networkDown('six', nowMs)
    expect(links.graceUntilMs).toBe(-Infinity)
    close('abc', 60_000)
    links.networkDown('six', 60_100)
    expect(links.graceUntilMs).toBe(-Infinity)
  })

  it('takes a dial that found no network for its own when no link stands', () => {
    for (const [at, id] of [...'abcd'].entries()) close(id, 5_000 + 2_000 * at)
    expect(links.graceUntilMs).toBe(-Infinity)
    links.networkDown('a', 20_000)
    expect(links.graceUntilMs).toBe(32_000)
  })

  it('sees nothing in links that end one after the other', () => {
    close('a', 5_000)
    close('b', 6_100)
    close('c', 7_200)
    close('d', 8_300)
    expect(links.graceUntilMs).toBe(-Infinity)
    expect(links.tick(8_300)).toEqual([])
  })

  it('counts no link that was released, neither as lost nor as open', () => {
    for (const id of 'abc') links.forget(id)
    expect(links.reaches('a')).toBe(false)
    close('d', 5_000)
    expect(links.graceUntilMs).toBe(-Infinity)
    expect(links.tick(5_100)).toEqual([])
  })

  it('knows by a refusal that its network is there', () => {
    close('abc', 5_000)
    links.refused(5_002)
    expect(links.graceUntilMs).toBe(-Infinity)
    close('d', 5_003)
    expect(links.graceUntilMs).toBe(-Infinity)
  })

  it('withholds verdicts until a window after the first link is back', () => {
    close('abcd', 5_000)
    expect(links.opened('c', 6_500)).toBe(true)
    expect(links.graceUntilMs).toBe(8_500)
    expect(links.tick(7_000)).toEqual(['a', 'b', 'd'])
    expect(links.tick(8_500)).toEqual([])
  })

  it('withholds verdicts until a window after a byte came from anybody', () => {
    close('abcd', 5_000)
    expect([links.received(6_500), links.received(6_600)]).toEqual([true, false])
    expect(links.graceUntilMs).toBe(8_500)
  })

  it('takes the fault on itself for twelve intervals, whatever dials say meanwhile and later', () => {
    close('abcd', 5_000)
    for (let nowMs = 5_100; nowMs < 100_000; nowMs += 500) {
      links.networkDown('a', nowMs)
      expect(links.graceUntilMs).toBe(17_000)
    }
    expect(links.tick(100_000)).toHaveLength(4)
  })

  it('judges half of the time at least, however often one link comes and goes', () => {
    close('abcd', 0)
    let graceMs = 0
    for (let nowMs = 0; nowMs < 600_000; nowMs += 100) {
      if (nowMs < links.graceUntilMs) graceMs += 100
      if (nowMs % 400 === 0) links.opened('a', nowMs)
      if (nowMs % 400 === 200) {
        close('a', nowMs)
        links.networkDown('six', nowMs)
      }
    }
    expect(graceMs).toBeLessThan(0.52 * 600_000)
  })

  it('reaches everybody until a link is reported, then the connected', () => {
    expect(new ConnectionTracker(profiles.lan).reaches('x')).toBe(true)
    expect([links.reaches('a'), links.reaches('x')]).toEqual([true, false])
  })
})
