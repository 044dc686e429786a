import { describe, expect, it } from 'vitest'
import { ringHash } from '../src/ring-hash.ts'

const idsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `12D3KooWQm8qoTzQh9c7UkEKdMwRqSFXoPQHcnJ9x1qVzA${index}`)

describe('ringHash', () => {
  it.each([0, 1, 2, 3])('spreads ids that differ in their last characters evenly on ring %i', ring => {
    const buckets = Array(64).fill(0)
    for (const id of idsOf(6_400)) buckets[Math.floor((ringHash(ring, id) / 2 ** 32) * 64)] += 1
    // χ² with 63 degrees of freedom is below 104 in 999 of 1,000 cases.
    expect(buckets.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)).toBeLessThan(104)
  })

  it('orders each ring independently of the others', () => {
    const ids = idsOf(2_000)
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 3],
    ] as const) {
      const agreeing = ids.filter(
        (id, index) =>
          ringHash(a, id) < ringHash(a, ids[index - 1] ?? '') ===
          ringHash(b, id) < ringHash(b, ids[index - 1] ?? ''),
      )
      expect(agreeing.length / ids.length).toBeGreaterThan(0.46)
      expect(agreeing.length / ids.length).toBeLessThan(0.54)
    }
  })

  it('hardly collides', () => {
    expect(new Set(idsOf(10_000).map(id => ringHash(0, id))).size).toBeGreaterThan(9_997)
  })
})
