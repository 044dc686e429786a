import { beforeEach, describe, expect, it } from 'vitest'
import { ConnectionTracker } from '../src/connection-tracker.ts'
import { profiles } from '../src/parameters.ts'

describe('ConnectionTracker', () => {
  let connections: ConnectionTracker
  beforeEach(() => {
    connections = new ConnectionTracker(profiles.lan)
    for (const id of 'abcd') connections.opened(id, 0)
  })
  const close = (ids: string, nowMs: number): void => {
    for (const id of ids) connections.closed(id, nowMs)
  }

  it('detects an outage when all connections close within a second, not when most do', () => {
    close('abc', 5_000)
    expect(connections.graceUntilMs).toBe(-Infinity)
    expect(connections.tick(5_500)).toEqual([])
    close('d', 5_900)
    expect(connections.graceUntilMs).toBe(17_900)
    expect(connections.tick(6_500)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('detects no outage by a dial that found no network while another connection is open', () => {
    for (let nowMs = 1_000; nowMs < 60_000; nowMs += 1_000) connections.networkDown('six', nowMs)
    expect(connections.graceUntilMs).toBe(-Infinity)
    close('abc', 60_000)
    connections.networkDown('six', 60_100)
    expect(connections.graceUntilMs).toBe(-Infinity)
  })

  it('detects an outage by a dial that found no network when no connection is open', () => {
    for (const [at, id] of [...'abcd'].entries()) close(id, 5_000 + 2_000 * at)
    expect(connections.graceUntilMs).toBe(-Infinity)
    connections.networkDown('a', 20_000)
    expect(connections.graceUntilMs).toBe(32_000)
  })

  it('detects no outage when connections close more than a second apart', () => {
    close('a', 5_000)
    close('b', 6_100)
    close('c', 7_200)
    close('d', 8_300)
    expect(connections.graceUntilMs).toBe(-Infinity)
    expect(connections.tick(8_300)).toEqual([])
  })

  it('counts a released connection neither as closed nor as open', () => {
    for (const id of 'abc') connections.forget(id)
    expect(connections.reaches('a')).toBe(false)
    close('d', 5_000)
    expect(connections.graceUntilMs).toBe(-Infinity)
    expect(connections.tick(5_100)).toEqual([])
  })

  it('ends an outage at a refused dial, and detects none within a second after it', () => {
    close('abc', 5_000)
    connections.refused(5_002)
    expect(connections.graceUntilMs).toBe(-Infinity)
    close('d', 5_003)
    expect(connections.graceUntilMs).toBe(-Infinity)
  })

  it('ends an outage with a grace period when a connection opens', () => {
    close('abcd', 5_000)
    expect(connections.opened('c', 6_500)).toBe(true)
    expect(connections.graceUntilMs).toBe(8_500)
    expect(connections.tick(7_000)).toEqual(['a', 'b', 'd'])
    expect(connections.tick(8_500)).toEqual([])
  })

  it('ends an outage with a grace period when a byte arrives', () => {
    close('abcd', 5_000)
    expect([connections.received(6_500), connections.received(6_600)]).toEqual([true, false])
    expect(connections.graceUntilMs).toBe(8_500)
  })

  it('bounds the grace period by twelve intervals, whatever later dials report', () => {
    close('abcd', 5_000)
    for (let nowMs = 5_100; nowMs < 100_000; nowMs += 500) {
      connections.networkDown('a', nowMs)
      expect(connections.graceUntilMs).toBe(17_000)
    }
    expect(connections.tick(100_000)).toHaveLength(4)
  })

  it('is in a grace period at most half of the time, however often one connection opens and closes', () => {
    close('abcd', 0)
    let graceMs = 0
    for (let nowMs = 0; nowMs < 600_000; nowMs += 100) {
      if (nowMs < connections.graceUntilMs) graceMs += 100
      if (nowMs % 400 === 0) connections.opened('a', nowMs)
      if (nowMs % 400 === 200) {
        close('a', nowMs)
        connections.networkDown('six', nowMs)
      }
    }
    expect(graceMs).toBeLessThan(0.52 * 600_000)
  })

  it('reaches every member until the host reports a connection, then the connected members', () => {
    expect(new ConnectionTracker(profiles.lan).reaches('x')).toBe(true)
    expect([connections.reaches('a'), connections.reaches('x')]).toEqual([true, false])
  })

  it('dials the member again whose dial found no network', () => {
    const tracker = new ConnectionTracker(profiles.lan)
    tracker.networkDown('x', 1_000)
    expect(tracker.tick(1_500)).toEqual(['x'])
    tracker.forget('x')
    expect(tracker.tick(2_500)).toEqual([])
  })

  it('dials at most 64 members again', () => {
    const tracker = new ConnectionTracker(profiles.lan)
    for (let index = 0; index < 70; index++) tracker.opened(`m${index}`, 0)
    for (let index = 0; index < 70; index++) tracker.closed(`m${index}`, 0)
    expect(tracker.tick(500)).toHaveLength(64)
  })

  it('reports each state of a connection', () => {
    expect([connections.stateOf('a'), connections.stateOf('x')]).toEqual(['open', 'closed'])
    close('abcd', 5_000)
    expect([connections.stateOf('a'), connections.stateOf('x')]).toEqual(['outage', 'outage'])
    connections.refused(5_100)
    expect([connections.stateOf('a'), connections.received(5_200)]).toEqual(['closed', false])
  })

  it('assumes no connection once the host reports that one closed', () => {
    const tracker = new ConnectionTracker(profiles.lan)
    expect(tracker.closed('a', 0)).toBe(false)
    expect(tracker.reaches('b')).toBe(false)
  })

  it.each([
    [5_999, -Infinity],
    [6_000, 18_000],
  ])('a refusal at 5,000 ms and the last close at %i ms: grace period until %d', (lastMs, untilMs) => {
    connections.refused(5_000)
    close('abcd', lastMs)
    expect(connections.graceUntilMs).toBe(untilMs)
  })

  it.each([
    [5_999, 17_999],
    [6_000, -Infinity],
  ])('two closed at 5,000 ms and two at %i ms: grace period until %d', (lastMs, untilMs) => {
    close('ab', 5_000)
    close('cd', lastMs)
    expect(connections.graceUntilMs).toBe(untilMs)
  })
})
