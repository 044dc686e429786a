import { describe, expect, it } from 'vitest'
import { PartitionDetector } from '../../src/member/partition-detector.ts'

/** A detector after members died one by one at these times. */
function after(members: number, deathsMs: readonly number[]): PartitionDetector {
  const detector = new PartitionDetector()
  deathsMs.forEach((atMs, i) => {
    detector.memberDied(`m${i}`, members - 1 - i, atMs)
  })
  return detector
}

describe('partition detector', () => {
  it.each([
    { members: 2, deathsMs: [0], suspected: false, why: 'one death is no partition' },
    { members: 6, deathsMs: [0, 1_000], suspected: true, why: 'two of six are a third' },
    { members: 7, deathsMs: [0, 1_000], suspected: false, why: 'two of seven are less than a third' },
    { members: 6, deathsMs: [0, 60_000], suspected: true, why: 'exactly one minute apart' },
    { members: 6, deathsMs: [0, 60_001], suspected: false, why: 'more than a minute apart' },
    { members: 16, deathsMs: Array(8).fill(0), suspected: true, why: 'a half' },
  ])('of $members members some die at $deathsMs: $why', ({ members, deathsMs, suspected }) => {
    expect(after(members, deathsMs).suspected(members - deathsMs.length, 60_001)).toBe(suspected)
  })

  it('counts a member once that dies, returns and dies again', () => {
    const detector = new PartitionDetector()
    for (const atMs of [0, 10_000, 20_000]) detector.memberDied('m1', 3, atMs)
    expect(detector.suspected(3, 20_000)).toBe(false)
    detector.memberDied('m2', 2, 30_000)
    expect(detector.suspected(2, 30_000)).toBe(true)
  })

  it('ends when half of the dead members are back', () => {
    const detector = after(16, Array(8).fill(0))
    expect([8, 11, 12, 8].map(visible => detector.suspected(visible, 1_000))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('ends ten minutes after the last death, even if no member is back', () => {
    const detector = after(12, [0, 1_000, 2_000, 3_000])
    expect([602_999, 603_000].map(nowMs => detector.suspected(8, nowMs))).toEqual([true, false])
  })
})
