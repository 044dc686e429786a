import { beforeEach, describe, expect, it } from 'vitest'
import { acceptablePauseMs, Heartbeats, minDeviationMs } from '../src/heartbeats.ts'
import { profiles } from '../src/parameters.ts'

describe('Heartbeats', () => {
  let heartbeats: Heartbeats
  let nowMs: number
  let beat: number
  const beats = (count: number, everyMs = 5_000): void => {
    for (let index = 0; index < count; index++) {
      nowMs += everyMs
      beat += 1
      heartbeats.record('a', 1, beat, nowMs)
    }
  }
  beforeEach(() => {
    heartbeats = new Heartbeats(profiles.lan, () => 0)
    nowMs = 0
    beat = 0
  })

  it('has a number from the second beat on', () => {
    beats(1)
    expect(heartbeats.phi('a', nowMs)).toBeUndefined()
    beats(1)
    expect(heartbeats.phi('a', nowMs)).toBeCloseTo(0, 3)
    expect(heartbeats.phi('b', nowMs)).toBeUndefined()
  })

  it('names whose silence is too long, when phi reaches the threshold', () => {
    beats(9)
    expect(heartbeats.takeOverdue(nowMs + 21_500)).toEqual([])
    expect(heartbeats.phi('a', nowMs + 21_500)).toBeLessThan(8)
    expect(heartbeats.takeOverdue(nowMs + 21_600)).toEqual(['a'])
    expect(heartbeats.phi('a', nowMs + 21_600)).toBeGreaterThan(8)
  })

  it('spreads what it names over one mean, so that not all members notice at once', () => {
    heartbeats = new Heartbeats(profiles.lan, () => 0.5)
    beats(9)
    expect(heartbeats.takeOverdue(nowMs + 24_000)).toEqual([])
    expect(heartbeats.takeOverdue(nowMs + 24_100)).toEqual(['a'])
  })

  it('names nobody on the strength of a few beats', () => {
    beats(8)
    expect(heartbeats.takeOverdue(nowMs + 1e9)).toEqual([])
  })

  it('ignores beats that are old news', () => {
    beats(9)
    heartbeats.record('a', 1, beat, nowMs + 20_000)
    heartbeats.record('a', 0, beat + 1, nowMs + 20_000)
    expect(heartbeats.takeOverdue(nowMs + 21_600)).toEqual(['a'])
  })

  it('begins anew with a greater incarnation', () => {
    beats(9)
    heartbeats.record('a', 2, 1, nowMs)
    expect(heartbeats.phi('a', nowMs)).toBeUndefined()
    expect(heartbeats.takeOverdue(nowMs + 1e9)).toEqual([])
  })

  it('learns nothing of the time in which this member was away', () => {
    beats(9)
    const backMs = nowMs + 3_600_000
    heartbeats.skipTo(backMs)
    expect(heartbeats.phi('a', backMs)).toBeCloseTo(0, 3)
    expect(heartbeats.takeOverdue(backMs)).toEqual([])
    nowMs = backMs
    beats(2)
    expect(heartbeats.takeOverdue(nowMs + 21_500)).toEqual([])
    expect(heartbeats.takeOverdue(nowMs + 27_100)).toEqual(['a'])
  })

  it('does not learn a gap in which it was away, however short', () => {
    beats(9)
    nowMs += 8_000
    heartbeats.skipTo(nowMs)
    beats(2)
    expect(heartbeats.takeOverdue(nowMs + 21_600)).toEqual(['a'])
    expect(heartbeats.phi('a', nowMs + 21_600)).toBeGreaterThan(8)
  })

  it('expects no beat sooner than hearts are meant to beat, whatever it learned', () => {
    heartbeats.setInterval(20_000)
    beats(9)
    expect(heartbeats.takeOverdue(nowMs + 86_000)).toEqual([])
    expect(heartbeats.takeOverdue(nowMs + 86_200)).toEqual(['a'])
    beats(9, 40_000)
    expect(heartbeats.takeOverdue(nowMs + 86_200)).toEqual([])
  })

  it('ends with its member', () => {
    beats(9)
    heartbeats.forget('a')
    expect(heartbeats.phi('a', nowMs)).toBeUndefined()
    expect(heartbeats.takeOverdue(nowMs + 1e9)).toEqual([])
  })

  it('comes to an end when beats arrive at one instant', () => {
    beats(12, 0)
    expect(heartbeats.takeOverdue(nowMs + 1e6)).toEqual(['a'])
  })
})

it.each([
  [5_000, 10_000],
  [60_000, 120_000],
])('accepts a pause at a mean of %i ms: %i ms', (meanMs, expectedMs) => {
  expect(acceptablePauseMs(meanMs)).toBe(expectedMs)
})

it.each([
  [5_000, 1_000, 1_250],
  [1_000, 1_000, 1_000],
])(
  'takes no deviation below, at a mean of %i ms and interval %i ms: %i ms',
  (meanMs, intervalMs, expectedMs) => {
    expect(minDeviationMs(meanMs, intervalMs)).toBe(expectedMs)
  },
)
