import { beforeEach, describe, expect, it } from 'vitest'
import { acceptablePauseMs, Heartbeats, minDeviationMs } from '../src/heartbeats.ts'
import { profiles } from '../src/parameters.ts'

describe('Heartbeats', () => {
  let heartbeats: Heartbeats
  let nowMs: number
  let sequence: number
  const receive = (count: number, everyMs = 5_000): void => {
    for (let index = 0; index < count; index++) {
      nowMs += everyMs
      sequence += 1
      heartbeats.record('a', 1, sequence, nowMs)
    }
  }
  beforeEach(() => {
    heartbeats = new Heartbeats(profiles.lan, () => 0)
    nowMs = 0
    sequence = 0
  })

  it('has a phi from the second heartbeat on', () => {
    receive(1)
    expect(heartbeats.phi('a', nowMs)).toBeUndefined()
    receive(1)
    expect(heartbeats.phi('a', nowMs)).toBeCloseTo(0, 3)
    expect(heartbeats.phi('b', nowMs)).toBeUndefined()
  })

  it('returns a member as overdue when phi reaches the threshold', () => {
    receive(9)
    expect(heartbeats.takeOverdue(nowMs + 21_500)).toEqual([])
    expect(heartbeats.phi('a', nowMs + 21_500)).toBeLessThan(8)
    expect(heartbeats.takeOverdue(nowMs + 21_600)).toEqual(['a'])
    expect(heartbeats.phi('a', nowMs + 21_600)).toBeGreaterThan(8)
  })

  it('delays each observer by a random part of the mean interval', () => {
    heartbeats = new Heartbeats(profiles.lan, () => 0.5)
    receive(9)
    expect(heartbeats.takeOverdue(nowMs + 24_000)).toEqual([])
    expect(heartbeats.takeOverdue(nowMs + 24_100)).toEqual(['a'])
  })

  it('returns no member as overdue after fewer than nine heartbeats', () => {
    receive(8)
    expect(heartbeats.takeOverdue(nowMs + 1e9)).toEqual([])
  })

  it('ignores a heartbeat with an old sequence number or an old incarnation', () => {
    receive(9)
    heartbeats.record('a', 1, sequence, nowMs + 20_000)
    heartbeats.record('a', 0, sequence + 1, nowMs + 20_000)
    expect(heartbeats.takeOverdue(nowMs + 21_600)).toEqual(['a'])
  })

  it('starts again with a greater incarnation', () => {
    receive(9)
    heartbeats.record('a', 2, 1, nowMs)
    expect(heartbeats.phi('a', nowMs)).toBeUndefined()
    expect(heartbeats.takeOverdue(nowMs + 1e9)).toEqual([])
  })

  it('leaves out an hour of local pause', () => {
    receive(9)
    const resumedMs = nowMs + 3_600_000
    heartbeats.skipTo(resumedMs)
    expect(heartbeats.phi('a', resumedMs)).toBeCloseTo(0, 3)
    expect(heartbeats.takeOverdue(resumedMs)).toEqual([])
    nowMs = resumedMs
    receive(2)
    expect(heartbeats.takeOverdue(nowMs + 21_500)).toEqual([])
    expect(heartbeats.takeOverdue(nowMs + 27_100)).toEqual(['a'])
  })

  it('leaves out a gap with a local pause, however short', () => {
    receive(9)
    nowMs += 8_000
    heartbeats.skipTo(nowMs)
    receive(2)
    expect(heartbeats.takeOverdue(nowMs + 21_600)).toEqual(['a'])
    expect(heartbeats.phi('a', nowMs + 21_600)).toBeGreaterThan(8)
  })

  it('expects no heartbeat sooner than the configured interval', () => {
    heartbeats.expectInterval(20_000)
    receive(9)
    expect(heartbeats.takeOverdue(nowMs + 86_000)).toEqual([])
    expect(heartbeats.takeOverdue(nowMs + 86_200)).toEqual(['a'])
    receive(9, 40_000)
    expect(heartbeats.takeOverdue(nowMs + 86_200)).toEqual([])
  })

  it('removes a member', () => {
    receive(9)
    heartbeats.forget('a')
    expect(heartbeats.phi('a', nowMs)).toBeUndefined()
    expect(heartbeats.takeOverdue(nowMs + 1e9)).toEqual([])
  })

  it('is overdue after more than five configured intervals', () => {
    expect(heartbeats.isOverdue('a', 1e9)).toBe(false)
    receive(1)
    expect(heartbeats.isOverdue('a', 1e9)).toBe(false)
    heartbeats.expectInterval(4_000)
    expect(heartbeats.isOverdue('b', 1e9)).toBe(false)
    expect(heartbeats.isOverdue('a', nowMs + 20_000)).toBe(false)
    expect(heartbeats.isOverdue('a', nowMs + 20_001)).toBe(true)
    heartbeats.skipTo(nowMs + 1_000)
    expect(heartbeats.isOverdue('a', nowMs + 21_000)).toBe(false)
    expect(heartbeats.isOverdue('a', nowMs + 21_001)).toBe(true)
  })

  it('returns an overdue member again after a probe interval', () => {
    receive(9)
    expect(heartbeats.takeOverdue(nowMs + 30_000)).toEqual(['a'])
    expect(heartbeats.takeOverdue(nowMs + 30_999)).toEqual([])
    expect(heartbeats.takeOverdue(nowMs + 31_000)).toEqual(['a'])
  })

  it('returns no member as overdue when phiThreshold is Infinity', () => {
    heartbeats = new Heartbeats({ ...profiles.lan, phiThreshold: Infinity }, () => 0)
    receive(20)
    expect(heartbeats.takeOverdue(1e12)).toEqual([])
  })

  it('terminates when all heartbeats arrive at the same instant', () => {
    receive(12, 0)
    expect(heartbeats.takeOverdue(nowMs + 1e6)).toEqual(['a'])
  })
})

it.each([
  [5_000, 10_000],
  [60_000, 120_000],
])('at a mean of %i ms, the acceptable pause is %i ms', (meanMs, expectedMs) => {
  expect(acceptablePauseMs(meanMs)).toBe(expectedMs)
})

it.each([
  [5_000, 1_000, 1_250],
  [1_000, 1_000, 1_000],
])(
  'at a mean of %i ms and a probe interval of %i ms, the least deviation is %i ms',
  (meanMs, intervalMs, expectedMs) => {
    expect(minDeviationMs(meanMs, intervalMs)).toBe(expectedMs)
  },
)
