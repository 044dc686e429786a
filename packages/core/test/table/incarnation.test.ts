import { describe, expect, it } from 'vitest'
import {
  firstIncarnation,
  isPlausibleTimestamp,
  maxAheadMs,
  refutingIncarnation,
} from '../../src/table/incarnation.ts'

const nowMs = 1_700_000_000_000

describe('incarnation', () => {
  it.each([
    { persisted: undefined, expected: nowMs, why: 'a new member starts with the date' },
    { persisted: nowMs - 5_000, expected: nowMs, why: 'the date is ahead of earlier lives' },
    { persisted: nowMs, expected: nowMs + 1, why: 'two starts within a millisecond differ' },
    { persisted: nowMs + 60_000, expected: nowMs + 60_001, why: 'the clock was set back a minute' },
    { persisted: nowMs + maxAheadMs, expected: nowMs + maxAheadMs + 1, why: 'the clock was set back a day' },
    { persisted: nowMs + maxAheadMs + 1, expected: nowMs, why: 'a date that nobody believed is dropped' },
    { persisted: Number.MAX_SAFE_INTEGER, expected: nowMs, why: 'nor the greatest number there is' },
  ])('starts at $expected after $persisted: $why', ({ persisted, expected }) => {
    expect(firstIncarnation(persisted, nowMs, () => 0)).toBe(expected)
  })

  it('of two processes that start from copies of one storage at the same instant differ', () => {
    const [one, other] = [0.25, 0.75].map(drawn => firstIncarnation(nowMs + 5_000, nowMs, () => drawn))
    expect([one, other]).toEqual([nowMs + 5_251, nowMs + 5_751])
  })

  it.each([
    [5, 5, 6],
    [5, 9, 10],
    [9, 5, 10],
  ])('refutes, at %i, a claim about %i by %i', (own, claimed, expected) => {
    expect(refutingIncarnation(own, claimed)).toBe(expected)
  })

  it.each([
    [0, true],
    [nowMs + maxAheadMs, true],
    [nowMs + maxAheadMs + 1, false],
    [-1, false],
    [1.5, false],
    [Number.NaN, false],
  ])('believes %d: %s', (incarnation, expected) => {
    expect(isPlausibleTimestamp(incarnation, nowMs)).toBe(expected)
  })
})
