import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Tombstones } from '../../src/table/tombstones.ts'
import { maxAheadMs } from '../../src/wire/checks.ts'

const nowMs = 1_700_000_000_000

describe('tombstones', () => {
  it('admit unknown members, and removed members only in a newer incarnation', () => {
    const tombstones = new Tombstones(4)
    tombstones.add('ada', 7)
    expect([0, 6, 7, 8].map(incarnation => tombstones.admits('ada', incarnation, 0))).toEqual([
      false,
      false,
      false,
      true,
    ])
    expect(tombstones.admits('grace', 0, 0)).toBe(true)
  })

  it('admit a member again whose removed incarnation has become implausible', () => {
    const tombstones = new Tombstones(4)
    tombstones.add('ada', nowMs + 2 * maxAheadMs)
    expect(tombstones.admits('ada', nowMs, nowMs)).toBe(true)
    expect(tombstones.admits('ada', nowMs, nowMs + maxAheadMs)).toBe(false)
  })

  it('keep the most recently removed members, up to the capacity', () => {
    const ids = fc.array(fc.integer({ min: 0, max: 9 }).map(String), { maxLength: 40 })
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 5 }), (removed, capacity) => {
        const tombstones = new Tombstones(capacity)
        for (const id of removed) tombstones.add(id, 7)
        const stored = new Set([...new Set(removed.toReversed())].slice(0, capacity))
        expect(tombstones.size).toBe(stored.size)
        for (const id of new Set(removed)) expect(tombstones.admits(id, 7, 0)).toBe(!stored.has(id))
      }),
    )
  })
})
