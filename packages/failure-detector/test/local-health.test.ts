import { expect, it } from 'vitest'
import { LocalHealth } from '../src/local-health.ts'

it.each([
  [7, [], 0],
  [7, [-1], 0],
  [7, [1, 1, -1], 1],
  [7, [3, 3, 3], 7],
  [7, [9, -1], 6],
  [0, [1, 1], 0],
])('with max %i, changes %j lead to %i', (max, changes, expected) => {
  const health = new LocalHealth(max)
  for (const by of changes) health.change(by)
  expect(health.score).toBe(expected)
  expect(health.scale).toBe(1 + expected)
})
