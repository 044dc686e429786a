import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRings, ringHash, ringNeighbours } from '../src/rings.ts'

const idsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `member-${index}`)
const peerIds = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `12D3KooWQm8qoTzQh9c7UkEKdMwRqSFXoPQHcnJ9x1qVzA${index}`)
const members = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 40 })

describe('ringNeighbours', () => {
  it('is symmetric for equal member sets, and contains each id once and never the member itself', () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 6 }), (ids, k) => {
        for (const self of ids) {
          const neighbours = ringNeighbours(self, ids, k)
          expect(neighbours).not.toContain(self)
          expect(new Set(neighbours).size).toBe(neighbours.length)
          expect(neighbours.length).toBeLessThanOrEqual(2 * k)
          if (ids.length > 1) expect(neighbours.length).toBeGreaterThan(0)
          for (const other of neighbours) expect(ringNeighbours(other, ids, k)).toContain(self)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('depends neither on the order of members nor on whether they contain the member itself', () => {
    fc.assert(
      fc.property(members, ids => {
        const [self = ''] = ids
        const expected = ringNeighbours(self, ids)
        expect(ringNeighbours(self, [...ids].reverse())).toEqual(expected)
        expect(ringNeighbours(self, ids.slice(1))).toEqual(expected)
      }),
    )
  })

  it('returns the adjacent members on each ring', () => {
    fc.assert(
      fc.property(members, ids => {
        const rings = createRings(4, ids)
        for (const self of ids) {
          const beside = new Set<string>()
          for (let ring = 0; ring < 4; ring++) {
            const around = rings.members(ring)
            const at = around.indexOf(self)
            for (const step of [1, -1]) beside.add(around.at((at + step) % around.length) as string)
          }
          beside.delete(self)
          expect(new Set(rings.neighbours(self))).toEqual(beside)
        }
      }),
    )
  })

  it('returns fixed neighbours for fixed ids', () => {
    expect(ringNeighbours('member-0', idsOf(32))).toMatchInlineSnapshot(`
      [
        "member-18",
        "member-17",
        "member-13",
        "member-9",
        "member-15",
        "member-5",
        "member-24",
        "member-22",
      ]
    `)
  })

  it('rejects a k out of range', () => {
    expect(() => ringNeighbours('a', ['b'], 0)).toThrow(
      new RangeError('k must be an integer from 1 to 32, not 0'),
    )
    for (const k of [33, 1.5]) expect(() => ringNeighbours('a', ['b'], k)).toThrow(RangeError)
    expect(ringNeighbours('a', ['b'], 32)).toEqual(['b'])
  })
})

describe('createRings', () => {
  it('does not depend on the order of adding and removing', () => {
    const step = fc.record({ id: fc.nat(20).map(String), isIn: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const rings = createRings()
        const present = new Set<string>()
        for (const { id, isIn } of steps) {
          expect(isIn ? rings.add(id) : rings.remove(id)).toBe(present.has(id) !== isIn)
          if (isIn) present.add(id)
          else present.delete(id)
        }
        expect(rings.size).toBe(present.size)
        for (const id of [...present, 'unknown'])
          expect(rings.neighbours(id)).toEqual(ringNeighbours(id, [...present]))
      }),
    )
  })

  it('replaces skipped members by the next on the ring', () => {
    const ids = idsOf(32)
    const rings = createRings(4, ids)
    const skipped = new Set(rings.neighbours('member-0'))
    const rest = ids.filter(id => !skipped.has(id))
    expect(rings.neighbours('member-0', id => skipped.has(id))).toEqual(ringNeighbours('member-0', rest))
    expect(rings.neighbours('member-0', () => true)).toEqual([])
  })

  it('stays connected without half of the members', () => {
    const ids = idsOf(400).filter((_, index) => index % 2 === 0)
    const rings = createRings(4, ids)
    const [start = ''] = ids
    const reached = new Set([start])
    for (const id of reached) for (const other of rings.neighbours(id)) reached.add(other)
    expect(reached.size).toBe(200)
  })
})

describe('createRings with a prior', () => {
  const steps = fc.array(fc.record({ id: fc.nat(20).map(String), isIn: fc.boolean() }), { maxLength: 60 })

  it('equals rings without a prior, and does not change the prior', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(20).map(String)), steps, steps, (members, first, then) => {
        const prior = createRings(3, members)
        const before = prior.members()
        const beside = createRings(
          3,
          [],
          createRings(
            3,
            first.map(({ id }) => id),
            prior,
          ),
        )
        const flat = createRings(3, [...members, ...first.map(({ id }) => id)])
        for (const { id, isIn } of then)
          expect(isIn ? beside.add(id) : beside.remove(id)).toBe(isIn ? flat.add(id) : flat.remove(id))
        expect(beside.size).toBe(flat.size)
        expect(beside.members()).toEqual(flat.members())
        for (let id = 0; id <= 21; id++) {
          expect(beside.has(`${id}`)).toBe(flat.has(`${id}`))
          expect(beside.neighbours(`${id}`)).toEqual(flat.neighbours(`${id}`))
          const skip = (other: string) => Number(other) % 3 === 0
          expect(beside.neighbours(`${id}`, skip)).toEqual(flat.neighbours(`${id}`, skip))
        }
        expect(prior.members()).toEqual(before)
      }),
    )
  })

  it('rejects a prior with another k', () => {
    expect(() => createRings(3, [], createRings(4))).toThrow(RangeError)
  })
})

describe('ringHash', () => {
  it.each([0, 1, 2, 3])('spreads ids that differ in their last characters evenly on ring %i', ring => {
    const buckets = Array(64).fill(0)
    for (const id of peerIds(6_400)) buckets[Math.floor((ringHash(ring, id) / 2 ** 32) * 64)] += 1
    // χ² with 63 degrees of freedom is below 104 in 999 of 1,000 cases.
    expect(buckets.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)).toBeLessThan(104)
  })

  it('orders each ring independently of the others', () => {
    const ids = peerIds(2_000)
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

  it('has at most two collisions among 10,000 ids', () => {
    expect(new Set(peerIds(10_000).map(id => ringHash(0, id))).size).toBeGreaterThan(9_997)
  })
})
