import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviationsOfPhi, gapUntilMs, phi, phiOfDeviations } from '../src/phi.ts'

describe('phiOfDeviations', () => {
  // −log₁₀ of the normal distribution's upper tail, from tables.
  it.each([
    [-3, 0.000586],
    [-1, 0.075],
    [0, 0.30103],
    [1, 0.7995],
    [2, 1.643],
    [3, 2.8697],
  ])('%d deviations: about %d', (y, expected) => {
    expect(phiOfDeviations(y)).toBeCloseTo(expected, 1)
  })

  it('grows, and stays finite where probabilities underflow', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 1e6, noNaN: true }), y => {
        expect(phiOfDeviations(y)).toBeLessThan(Infinity)
        expect(phiOfDeviations(y)).toBeGreaterThanOrEqual(0)
        expect(phiOfDeviations(y + 0.5)).toBeGreaterThanOrEqual(phiOfDeviations(y))
      }),
    )
  })
})

describe('deviationsOfPhi', () => {
  it('is the inverse', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1_000, noNaN: true }), threshold => {
        expect(phiOfDeviations(deviationsOfPhi(threshold))).toBeCloseTo(threshold, 6)
      }),
    )
    expect(phiOfDeviations(deviationsOfPhi(1e6))).toBeCloseTo(1e6, 3)
    expect(deviationsOfPhi(Infinity)).toBe(Infinity)
  })
})

describe('phi', () => {
  const estimate = { meanMs: 5_000, deviationMs: 1_250 }
  it.each([
    [5_000, 0, 0.301],
    [15_000, 10_000, 0.301],
    [16_250, 10_000, 0.8],
    [21_531, 10_000, 8],
  ])('after %i ms with a pause of %i ms: %d', (elapsedMs, pauseMs, expected) => {
    expect(phi(elapsedMs, estimate, pauseMs)).toBeCloseTo(expected, 1)
  })

  it('reaches the threshold at the gap that gapUntilMs returns', () => {
    const afterMs = gapUntilMs(deviationsOfPhi(8), estimate, 10_000)
    expect(phi(afterMs, estimate, 10_000)).toBeCloseTo(8, 6)
  })
})
