import { expect, it } from 'vitest'
import { LocalHealth, penaltyIntervalMs } from '../src/local-health.ts'
import { profiles } from '../src/parameters.ts'

it.each([
  [7, [], 0],
  [7, [-1], 0],
  [7, [1, 1, -1], 1],
  [7, [3, 3, 3], 7],
  [7, [9, -1], 6],
  [0, [1, 1], 0],
])('with max %i, changes %j lead to %i', (maxLocalHealth, changes, expected) => {
  const health = new LocalHealth({ ...profiles.lan, maxLocalHealth })
  for (const by of changes) health.change(by)
  expect(health.score).toBe(expected)
  expect(health.scale).toBe(1 + expected)
})

it.each([
  ['local', 10_000],
  ['lan', 10_000],
  ['wan', 50_000],
] as const)(
  '%s: the refutations of one observer count once in %i ms, and each observer counts',
  (profile, gapMs) => {
    const health = new LocalHealth(profiles[profile])
    expect(penaltyIntervalMs(profiles[profile])).toBe(gapMs)
    for (let nowMs = 0; nowMs < 3 * gapMs; nowMs += 250) health.refuted('observer', nowMs)
    expect(health.score).toBe(3)
    health.refuted('another', 3 * gapMs)
    expect(health.score).toBe(4)
  },
)

it.each([1, 7, 30])(
  'with max %i, answered probes bring the score to 0 while one observer is refuted again and again',
  maxLocalHealth => {
    const parameters = { ...profiles.lan, maxLocalHealth }
    const health = new LocalHealth(parameters)
    health.change(maxLocalHealth)
    for (
      let nowMs = 0;
      nowMs < 1_000 * parameters.probeIntervalMs;
      nowMs += health.scale * parameters.probeIntervalMs
    ) {
      health.refuted('observer', nowMs)
      health.change(-1)
    }
    expect(health.score).toBe(0)
  },
)

it('counts the same observer again exactly after the penalty interval', () => {
  const health = new LocalHealth(profiles.lan)
  for (const nowMs of [0, 9_999, 10_000]) health.refuted('a', nowMs)
  expect(health.score).toBe(2)
})
