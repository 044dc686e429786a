import { expect, it } from 'vitest'
import { runTwice } from '../../src/index.ts'
import { cutOff, lookMs } from '../suspicion-curve.ts'

// min = 3 · log₁₀ 15 intervals, max = 6 · min; between them max − (max − min) · ln(n + 1) / ln 4.
it.each([
  [0, 21_170],
  [1, 12_349],
  [2, 7_189],
  [3, 3_528],
])(
  'scenario 1: suspected by one observer and confirmed by %i, a member of 15 is dead after %i ms',
  async (confirmations, expectedMs) => {
    let shortestMs = Number.NaN
    await runTwice(async () => {
      const seen = await cutOff(1, confirmations)
      shortestMs = seen.shortestMs
      return seen.simulation
    })
    // Both ends of the interval may be seen up to one check late.
    expect(Math.abs(shortestMs - expectedMs)).toBeLessThanOrEqual(lookMs)
  },
)
