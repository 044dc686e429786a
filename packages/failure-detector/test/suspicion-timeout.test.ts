import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  confirmationsNeeded,
  minSuspicionMs,
  remainingSuspicionMs,
  suspicionTimeoutMs,
} from '../src/suspicion-timeout.ts'

describe('scenario 1: remainingSuspicionMs', () => {
  // memberlist's table for k = 3, 2 s to 30 s.
  it.each([
    [0, 3, 0, 30_000],
    [1, 3, 2_000, 14_000],
    [2, 3, 3_000, 4_810],
    [3, 3, 4_000, -2_000],
    [4, 3, 5_000, -3_000],
    [5, 3, 10_000, -8_000],
    [0, 0, 0, 2_000],
    [9, 0, 500, 1_500],
  ])('n = %i of k = %i, after %i ms: %i ms', (n, k, elapsedMs, expectedMs) => {
    expect(remainingSuspicionMs(n, k, elapsedMs, 2_000, 30_000)).toBeCloseTo(expectedMs, -1)
  })

  it('stays within [min, max], and falls with each confirmation', () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.integer({ min: 1, max: 14 }),
        fc.nat(10_000),
        fc.nat(10_000),
        (n, k, min, more) => {
          const now = suspicionTimeoutMs(n, k, min, min + more)
          const next = suspicionTimeoutMs(n + 1, k, min, min + more)
          expect(now).toBeGreaterThanOrEqual(min)
          expect(now).toBeLessThanOrEqual(min + more)
          expect(next).toBeLessThanOrEqual(now)
        },
      ),
    )
  })
})

describe('minSuspicionMs', () => {
  it.each([
    [3, 2, 1_000, 3_000],
    [3, 32, 1_000, 4_515],
    [4, 10, 1_000, 4_000],
    [4, 32, 1_000, 6_021],
    [4, 1_000, 1_000, 12_000],
    [6, 10_000, 5_000, 120_000],
  ])('mult %i at N = %i, interval %i ms: %i ms', (mult, size, intervalMs, expectedMs) => {
    expect(minSuspicionMs(mult, size, intervalMs)).toBeCloseTo(expectedMs, -1)
  })
})

describe('confirmationsNeeded', () => {
  it.each([
    [3, 30, 3],
    [4, 30, 4],
    [4, 3, 3],
    [3, 1, 1],
    [3, 0, 0],
    [3, -1, 0],
    [1, 30, 1],
    [0, 30, 0],
  ])('%i wanted, of %i other observers: %i', (wanted, others, expected) => {
    expect(confirmationsNeeded(wanted, others)).toBe(expected)
  })
})
