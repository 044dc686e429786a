import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { healingTargets } from '../../src/overlay/partition-healing.ts'

const absent = ['a dead member', 'a bootstrap address']

/** In how many of 1,000 rounds the member dials, and which targets it dials. */
function dials(alive: number): { count: number; targets: Set<string> } {
  const random = mulberry32(7)
  const targets = Array.from({ length: 1_000 }, () => healingTargets(alive, absent, random)).flat()
  return { count: targets.length, targets: new Set(targets) }
}

describe('partition healing', () => {
  it('has no target when no member is absent', () => {
    expect(healingTargets(1, [], () => 0)).toEqual([])
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
