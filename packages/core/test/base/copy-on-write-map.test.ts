import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CopyOnWriteMap } from '../../src/base/copy-on-write-map.ts'

const key = fc.nat(9).map(String)
const steps = fc.array(fc.record({ key, value: fc.option(fc.nat(99)) }), { maxLength: 40 })

it('behaves like a plain map that starts with the entries of the prior, and never changes the prior', () => {
  fc.assert(
    fc.property(steps, steps, (before, after) => {
      const play = (
        map: CopyOnWriteMap<{ n: number }> | Map<string, { n: number }>,
        played: typeof before,
      ) => {
        for (const { key, value } of played) {
          if (value === null) map.delete(key)
          else map.set(key, { n: value })
        }
      }
      const prior = new CopyOnWriteMap<{ n: number }>()
      play(prior, before)
      const untouched = [...prior.entries()]
      const layered = new CopyOnWriteMap(prior)
      const flat = new Map(untouched)
      play(layered, after)
      play(flat, after)

      const sorted = (entries: Iterable<[string, { n: number }]>) =>
        [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
      expect(sorted(layered.entries())).toEqual(sorted(flat))
      expect([...layered.values()]).toHaveLength(layered.size)
      expect(layered.size).toBe(flat.size)
      for (let n = 0; n < 10; n++) expect(layered.get(`${n}`)).toEqual(flat.get(`${n}`))
      expect([...prior.entries()]).toEqual(untouched)
      const touched = new Set(after.map(({ key }) => key))
      for (const [id] of layered.entries()) expect(layered.owns(id)).toBe(touched.has(id))
    }),
  )
})
