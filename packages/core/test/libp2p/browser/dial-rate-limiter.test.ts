import { expect, it } from 'vitest'
import { DialRateLimiter } from '../../../src/libp2p/browser/dial-rate-limiter.ts'

const minuteMs = 60_000

/** Number of dials that it allows at this time. */
function allowed(budget: DialRateLimiter, nowMs: number): number {
  let count = 0
  while (budget.tryTake(nowMs)) count++
  return count
}

it('allows a burst, then two dials a minute, and never accumulates more than a burst', () => {
  const budget = new DialRateLimiter(0)
  expect(allowed(budget, 0)).toBe(64)
  expect(allowed(budget, 29_999)).toBe(0)
  expect(allowed(budget, 30_000)).toBe(1)
  expect(allowed(budget, 5.5 * minuteMs)).toBe(10)
  expect(allowed(budget, 600 * minuteMs)).toBe(64)
})
