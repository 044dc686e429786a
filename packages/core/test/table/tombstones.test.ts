import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxAheadMs } from '../../src/table/incarnation.ts'
import { Tombstones } from '../../src/table/tombstones.ts'

const nowMs = 1_700_000_000_000

describe('forgotten', () => {
  it('admits strangers, and of the forgotten only what is newer', () => {
    const forgotten = new Tombstones(4)
    forgotten.add('ada', 7)
    expect([0, 6, 7, 8].map(incarnation => forgotten.admits('ada', incarnation, 0))).toEqual([
      false,
      false,
      false,
      true,
    ])
    expect(forgotten.admits('grace', 0, 0)).toBe(true)
  })

  it('admits anew whom it forgot in an incarnation that nobody believes any more', () => {
    const forgotten = new Tombstones(4)
    forgotten.add('ada', nowMs + 2 * maxAheadMs)
    expect(forgotten.admits('ada', nowMs, nowMs)).toBe(true)
    expect(forgotten.admits('ada', nowMs, nowMs + maxAheadMs)).toBe(false)
  })

  it('keeps the most recently forgotten, as many as it may', () => {
    const ids = fc.array(fc.integer({ min: 0, max: 9 }).map(String), { maxLength: 40 })
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 5 }), (remembered, capacity) => {
        const forgotten = new Tombstones(capacity)
        for (const id of remembered) forgotten.add(id, 7)
        const kept = new Set([...new Set(remembered.toReversed())].slice(0, capacity))
        expect(forgotten.size).toBe(kept.size)
        for (const id of new Set(remembered)) expect(forgotten.admits(id, 7, 0)).toBe(!kept.has(id))
      }),
    )
  })
})
