import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { type HealingTarget, healingTarget } from '../../src/overlay/partition-healing.ts'

const absent: HealingTarget[] = [
  { type: 'member', id: 'ada' },
  { type: 'bootstrap', address: '/ip4/192.0.2.1/tcp/4001' },
]

/** In how many of 1,000 rounds the member dials, and which targets it dials. */
function dials(alive: number): { count: number; targets: Set<HealingTarget | undefined> } {
  const random = mulberry32(7)
  const targets = Array.from({ length: 1_000 }, () => healingTarget(alive, absent, random))
  return { count: targets.filter(target => target !== undefined).length, targets: new Set(targets) }
}

describe('partition healing', () => {
  it('has no target when no member is absent', () => {
    expect(healingTarget(1, [], () => 0)).toBeUndefined()
  })

  it.each([1, 2, 3])('always dials with %i alive members', alive => {
    expect(dials(alive)).toEqual({ count: 1_000, targets: new Set(absent) })
  })

  it.each([6, 30, 300])('makes about three dials per round in a cluster of %i', alive => {
    const expected = 3_000 / alive
    const { count } = dials(alive)
    expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected))
  })
})
