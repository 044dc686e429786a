import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { FactSet, storedFact } from '../../src/spaces/fact-set.ts'
import { entryFact } from '../helpers/space-facts.ts'

const all = Array.from({ length: 600 }, (_, i) =>
  storedFact(entryFact(idOf('ada'), { key: `${i}`, value: i })),
)

function setOf(indexes: readonly number[]): FactSet {
  const set = new FactSet()
  for (const index of indexes) {
    const stored = all[index]
    if (stored) set.add(stored)
  }
  return set
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe('fact set', () => {
  it('has a hash that depends on its content alone, not on how the content was added', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(599), { maxLength: 60 }), fc.nat(599), (indexes, other) => {
        const [a, b] = [setOf(indexes), setOf([...indexes].reverse())]
        expect(b.hash()).toEqual(a.hash())
        const stored = all[other]
        if (!stored || indexes.includes(other)) return
        b.hash()
        b.add(stored)
        expect(b.hash()).not.toEqual(a.hash())
        b.remove(stored)
        expect(b.hash()).toEqual(a.hash())
        expect(b.size).toBe(indexes.length)
      }),
      { numRuns: 60 },
    )
  })

  it('finds exactly the facts that another set lacks by its buckets', () => {
    const [a, b] = [setOf(range(0, 600)), setOf(range(3, 597))]
    const differing = a.differing(b.bucketHashes())
    expect(differing.size).toBeLessThanOrEqual(6)
    const { facts, more } = a.beyond(b.storedIds(differing, true), 0, 1e9)
    expect(more).toBe(false)
    expect(new Set(facts)).toEqual(new Set([0, 1, 2, 597, 598, 599].map(i => all[i]?.fact)))
    expect(b.beyond(a.storedIds(differing, true), 0, 1e9).facts).toEqual([])
    expect(a.differing(a.bucketHashes()).size).toBe(0)
  })

  it('returns facts within a budget, from another index each time, until none is missing', () => {
    const [a, b] = [setOf(range(0, 100)), setOf([])]
    for (let startAt = 0; b.size < 100; startAt++) {
      const { facts, more } = a.beyond(b.storedIds(undefined, false), 13 * startAt, 2_000)
      expect(facts.length).toBeGreaterThan(0)
      for (const fact of facts) b.add(storedFact(fact))
      expect(more).toBe(b.size < 100)
    }
    expect(b.hash()).toEqual(a.hash())
  })
})
