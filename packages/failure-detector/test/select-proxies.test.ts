import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mulberry32 } from '../../../test/helpers/mulberry32.ts'
import { selectProxies } from '../src/select-proxies.ts'

const ids = fc.uniqueArray(fc.constantFrom(...'abcdefgh'))

it('selects each member at most once, and exhausts a tier before the next', () => {
  fc.assert(
    fc.property(fc.nat(5), ids, ids, fc.nat(), (count, first, second, seed) => {
      const chosen = selectProxies(count, [first, second], mulberry32(seed))
      const all = new Set([...first, ...second])
      expect(new Set(chosen).size).toBe(chosen.length)
      expect(chosen).toHaveLength(Math.min(count, all.size))
      const fromFirst = chosen.filter(id => first.includes(id))
      expect(fromFirst).toHaveLength(Math.min(count, first.length))
    }),
  )
})

it.each([
  [0, ['a', 'c']],
  [0.5, ['b', 'c']],
  [0.99, ['c', 'b']],
])('selects by the random number %d', (number, expected) => {
  expect(selectProxies(2, [['a', 'b', 'c']], () => number)).toEqual(expected)
})
