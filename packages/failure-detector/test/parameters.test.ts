import { describe, expect, it } from 'vitest'
import { type DetectorParameters, plainSwim, profiles, resolveParameters } from '../src/parameters.ts'

describe('resolveParameters', () => {
  it.each([
    ['local', 1_000, 200, 3, 1],
    ['lan', 1_000, 500, 3, 3],
    ['wan', 5_000, 3_000, 6, 4],
  ] as const)(
    '%s: interval %i ms, timeout %i ms, suspicionMult %i, %i confirmations',
    (profile, interval, timeout, mult, confirmations) => {
      expect(resolveParameters(profile, {})).toMatchObject({
        probeIntervalMs: interval,
        probeTimeoutMs: timeout,
        suspicionMult: mult,
        suspicionConfirmations: confirmations,
        pauseThresholdMs: interval / 2,
        pauseGraceMs: 2 * interval,
      })
      expect(resolveParameters(profile, {})).toEqual(profiles[profile])
    },
  )

  it('derives defaults from the given parameters', () => {
    expect(resolveParameters('lan', { probeIntervalMs: 800 })).toMatchObject({
      pauseThresholdMs: 400,
      pauseGraceMs: 1_600,
    })
  })

  it.each([
    ['local', 1],
    ['lan', 3],
    ['wan', 4],
  ] as const)('%s: needs %i confirmations when only suspicionMult is given', (profile, expected) => {
    for (const suspicionMult of [1, 8, 16])
      expect(resolveParameters(profile, { suspicionMult })).toMatchObject({
        suspicionMult,
        suspicionConfirmations: expected,
      })
  })

  it('keeps suspicionMult when only confirmations are given', () => {
    for (const suspicionConfirmations of [0, 15])
      expect(resolveParameters('lan', { suspicionConfirmations })).toEqual({
        ...profiles.lan,
        suspicionConfirmations,
      })
  })

  it('accepts plain SWIM', () => {
    expect(resolveParameters('lan', plainSwim)).toMatchObject({ suspicionMaxMult: 1, maxLocalHealth: 0 })
  })

  it.each([
    [{ probeIntervalMs: 0 }, 'probeIntervalMs must be finite milliseconds > 0, not 0'],
    [{ probeTimeoutMs: Number.NaN }, 'probeTimeoutMs must be finite milliseconds > 0, not NaN'],
    [{ probeTimeoutMs: 1_000 }, 'probeTimeoutMs (1000) must be below probeIntervalMs (1000)'],
    [{ suspicionMult: 0.5 }, 'suspicionMult must be a number from 1 to 16, not 0.5'],
    [{ suspicionConfirmations: -1 }, 'suspicionConfirmations must be an integer from 0 to 15, not -1'],
    [{ suspicionConfirmations: 2.5 }, 'suspicionConfirmations must be an integer from 0 to 15, not 2.5'],
    [{ suspicionConfirmations: 16 }, 'suspicionConfirmations must be an integer from 0 to 15, not 16'],
    [{ indirectProbes: 1.5 }, 'indirectProbes must be an integer from 0 to 16, not 1.5'],
    [{ maxLocalHealth: -1 }, 'maxLocalHealth must be an integer ≥ 0, not -1'],
    [{ pauseGraceMs: Infinity }, 'pauseGraceMs must be finite milliseconds ≥ 0, not Infinity'],
    [{ phiTreshold: 9 }, "'phiTreshold' is no parameter of the detector"],
  ])('rejects %j', (parameters, message) => {
    expect(() => resolveParameters('lan', parameters as Partial<DetectorParameters>)).toThrow(
      new RangeError(message),
    )
  })

  it('rejects an unknown profile', () => {
    expect(() => resolveParameters('toString' as 'lan', {})).toThrow(
      "profile must be 'local', 'lan' or 'wan'",
    )
  })

  it.each([
    ['probeIntervalMs', [501, 1e9], [0, -1, Infinity, Number.NaN]],
    ['probeTimeoutMs', [0.1, 999], [0, -1, Infinity, Number.NaN]],
    ['suspicionMult', [1, 16], [0.9, 16.1]],
    ['suspicionConfirmations', [0, 15], [-1, 16, 1.5]],
    ['suspicionMaxMult', [1, 1e9], [0.9, Infinity]],
    ['indirectProbes', [0, 16], [-1, 17, 1.5]],
    ['maxLocalHealth', [0, 1_000], [-1, 0.5, Infinity]],
    ['refusedFloorMs', [0.1, Infinity], [0, -1]],
    ['pauseThresholdMs', [0.1, Infinity], [0, -1]],
    ['pauseGraceMs', [0, 1e9], [-1, Infinity]],
    ['phiThreshold', [0.1, Infinity], [0, -1]],
  ] as const)('%s: accepts %j and rejects %j', (name, accepted, rejected) => {
    for (const value of accepted) expect(resolveParameters('lan', { [name]: value })[name]).toBe(value)
    for (const value of rejected)
      expect(() => resolveParameters('lan', { [name]: value })).toThrow(`${name} must be `)
  })
})
