import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { RandomLink } from '../../src/overlay/random-link.ts'

const candidates = ['a', 'b', 'c']

/** A link that was drawn at its first due time. */
function drawn(): RandomLink {
  const link = new RandomLink(mulberry32(1), 0)
  link.draw(candidates, link.dueMs)
  return link
}

describe('random link', () => {
  it('is drawn after the first rings, and again about every ten minutes', () => {
    const link = new RandomLink(mulberry32(1), 0)
    expect(link.id).toBeUndefined()
    expect(link.dueMs).toBeGreaterThanOrEqual(15_000)
    expect(link.dueMs).toBeLessThanOrEqual(30_000)
    link.draw(candidates, 20_000)
    const first = link.id
    expect(candidates).toContain(first)
    expect(link.dueMs).toBeGreaterThanOrEqual(470_000)
    link.draw(candidates, link.dueMs)
    expect(link.id).not.toBe(first)
  })

  it('stays if there is no other candidate, and ends if there is none', () => {
    const link = drawn()
    const { id = '' } = link
    link.draw([id], 0)
    expect(link.id).toBe(id)
    link.draw([], 0)
    expect(link.id).toBeUndefined()
    expect(link.dueMs).toBeLessThanOrEqual(75_000)
  })

  it('is drawn again at once after its member left, and soon after a failed dial', () => {
    const [left, failed] = [drawn(), drawn()]
    left.remove('another')
    expect(left.id).toBeDefined()
    left.remove(left.id ?? '')
    expect([left.id, left.dueMs]).toEqual([undefined, Number.NEGATIVE_INFINITY])
    failed.dialFailed(failed.id ?? '', 1_000)
    expect(failed.id).toBeUndefined()
    expect(failed.dueMs).toBeGreaterThan(1_000)
    expect(failed.dueMs).toBeLessThanOrEqual(6_000)
  })
})
