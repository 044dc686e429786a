import { describe, expect, it } from 'vitest'
import { firstIncarnation, refutingIncarnation } from '../../src/table/incarnation.ts'
import { maxAheadMs } from '../../src/wire/checks.ts'

const nowMs = 1_700_000_000_000

describe('incarnation', () => {
  it.each([
    { persisted: undefined, expected: nowMs, why: 'a new member starts with the date' },
    { persisted: nowMs - 5_000, expected: nowMs, why: 'the date exceeds earlier incarnations' },
    { persisted: nowMs, expected: nowMs + 1, why: 'two starts within a millisecond differ' },
    { persisted: nowMs + 60_000, expected: nowMs + 60_001, why: 'the clock was set back a minute' },
    { persisted: nowMs + maxAheadMs, expected: nowMs + maxAheadMs + 1, why: 'the clock was set back a day' },
    { persisted: nowMs + maxAheadMs + 1, expected: nowMs, why: 'an implausible date is ignored' },
    { persisted: Number.MAX_SAFE_INTEGER, expected: nowMs, why: 'the greatest safe integer is ignored' },
  ])('starts at $expected after $persisted: $why', ({ persisted, expected }) => {
    expect(firstIncarnation(persisted, nowMs, () => 0)).toBe(expected)
  })

  it('differs between two processes that start from copies of one storage at the same instant', () => {
    const [one, other] = [0.25, 0.75].map(drawn => firstIncarnation(nowMs + 5_000, nowMs, () => drawn))
    expect([one, other]).toEqual([nowMs + 5_251, nowMs + 5_751])
  })

  it.each([
    [5, 5, 6],
    [5, 9, 10],
    [9, 5, 10],
  ])('with own incarnation %i, refutes a claim about %i by %i', (own, claimed, expected) => {
    expect(refutingIncarnation(own, claimed)).toBe(expected)
  })
})
