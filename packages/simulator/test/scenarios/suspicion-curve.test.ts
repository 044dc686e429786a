import { expect, it } from 'vitest'
import { runTwice } from '../../src/index.ts'
import { cutOff, timeToDeathMs } from '../suspicion-curve.ts'

// min = 3 · log₁₀ 15 intervals, max = 6 · min; between them max − (max − min) · ln(n + 1) / ln 4.
it.each([
  [0, 21_170],
  [1, 12_349],
  [2, 7_189],
  [3, 3_528],
])(
  'scenario 1: suspected by one observer and by %i who confirm it, a member of 15 is dead after %i ms',
  async (confirmations, expectedMs) => {
    const simulation = await runTwice(() => cutOff(1, confirmations))
    expect(Math.round(timeToDeathMs(simulation))).toBe(expectedMs)
  },
)
