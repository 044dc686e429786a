import { describe, expect, it } from 'vitest'
import { PartitionDetector } from '../../src/member/partition-detector.ts'

/** Members die one by one at these times. */
function after(members: number, lostMs: readonly number[]): PartitionDetector {
  const watch = new PartitionDetector()
  lostMs.forEach((atMs, i) => {
    watch.memberDied(members - 1 - i, atMs)
  })
  return watch
}

describe('partition watch', () => {
  it.each([
    { members: 2, lostMs: [0], suspected: false, why: 'one is no partition' },
    { members: 6, lostMs: [0, 1_000], suspected: true, why: 'two of six are a third' },
    { members: 7, lostMs: [0, 1_000], suspected: false, why: 'two of seven are less than a third' },
    { members: 6, lostMs: [0, 60_000], suspected: true, why: 'just within a minute' },
    { members: 6, lostMs: [0, 60_001], suspected: false, why: 'more than a minute apart' },
    { members: 16, lostMs: Array(8).fill(0), suspected: true, why: 'a half' },
  ])('$members members lose some at $lostMs: $why', ({ members, lostMs, suspected }) => {
    expect(after(members, lostMs).suspected(members - lostMs.length, 60_001)).toBe(suspected)
  })

  it('is over when half of the lost are back', () => {
    const watch = after(16, Array(8).fill(0))
    expect([8, 11, 12, 8].map(visible => watch.suspected(visible, 1_000))).toEqual([true, true, false, false])
  })

  it('is over ten minutes after the last was lost, though none came back', () => {
    const watch = after(12, [0, 1_000, 2_000, 3_000])
    expect([602_999, 603_000].map(nowMs => watch.suspected(8, nowMs))).toEqual([true, false])
  })
})
