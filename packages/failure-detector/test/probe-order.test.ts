import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../test/helpers/mulberry32.ts'
import { ProbeOrder, recentEvidenceMs, shuffle } from '../src/probe-order.ts'

const subjects = (...ids: string[]): { id: string; monitors: string[] }[] =>
  ids.map(id => ({ id, monitors: [] }))
const take = (order: ProbeOrder, count: number): (string | undefined)[] =>
  Array.from({ length: count }, () => order.next(() => true))

it.each([
  [8, 1_000, 4_000],
  [1, 1_000, 500],
  [0, 1_000, 0],
])('%i subjects, an interval of %i ms: evidence counts for %i ms', (count, intervalMs, expectedMs) => {
  expect(recentEvidenceMs(count, intervalMs)).toBe(expectedMs)
})

describe('ProbeOrder', () => {
  it('keeps the given order, round after round', () => {
    const order = new ProbeOrder('given', mulberry32(1))
    order.replace(subjects('a', 'b', 'c'))
    expect(take(order, 7)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a'])
  })

  it('returns each subject once in each round, shuffled or not', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('given' as const, 'shuffled' as const),
        fc.nat(),
        fc.integer({ min: 1, max: 12 }),
        (kind, seed, size) => {
          const ids = Array.from({ length: size }, (_, index) => `m${index}`)
          const order = new ProbeOrder(kind, mulberry32(seed))
          order.replace(subjects(...ids))
          for (let round = 0; round < 3; round++) expect(take(order, size).sort()).toEqual([...ids].sort())
        },
      ),
    )
  })

  it('skips subjects that are not eligible, and checks each at most once', () => {
    const order = new ProbeOrder('given', mulberry32(1))
    order.replace(subjects('a', 'b', 'c'))
    expect(order.next(id => id === 'c')).toBe('c')
    expect(order.next(id => id === 'c')).toBe('c')
    const checked: string[] = []
    expect(order.next(id => checked.push(id) < 0)).toBeUndefined()
    expect(checked.sort()).toEqual(['a', 'b', 'c'])
  })

  it('keeps the round of remaining subjects when the list changes', () => {
    const order = new ProbeOrder('given', mulberry32(1))
    order.replace(subjects('a', 'b', 'c', 'd'))
    expect(take(order, 2)).toEqual(['a', 'b'])
    order.replace(subjects('d', 'a', 'e', 'c'))
    expect(take(order, 3)).toEqual(['d', 'e', 'c'])
    expect(take(order, 4)).toEqual(['d', 'a', 'e', 'c'])
  })
})

it.each([
  [0, [2, 3, 4, 1]],
  [0.5, [1, 4, 2, 3]],
  [0.99, [1, 2, 3, 4]],
])('shuffles by the random number %d', (number, expected) => {
  const items = [1, 2, 3, 4]
  shuffle(items, () => number)
  expect(items).toEqual(expected)
})

it('shuffles the first and each later round', () => {
  const order = new ProbeOrder('shuffled', () => 0)
  expect(order.ids).toEqual([])
  order.replace([{ id: 'a', monitors: ['x'] }, ...subjects('b', 'c', 'd')])
  expect(take(order, 8).join('')).toBe('bcdabcda')
  expect([order.monitorsOf('a'), order.monitorsOf('b'), order.monitorsOf('z')]).toEqual([['x'], [], []])
})
