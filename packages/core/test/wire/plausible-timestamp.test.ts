import { describe, expect, it } from 'vitest'
import { isPlausibleTimestamp, maxAheadMs } from '../../src/wire/plausible-timestamp.ts'

const nowMs = 1_700_000_000_000

describe('plausible timestamp', () => {
  it.each([
    [0, true],
    [nowMs + maxAheadMs, true],
    [nowMs + maxAheadMs + 1, false],
    [-1, false],
    [1.5, false],
    [Number.NaN, false],
  ])('is plausible at %d: %s', (timestampMs, expected) => {
    expect(isPlausibleTimestamp(timestampMs, nowMs)).toBe(expected)
  })
})
