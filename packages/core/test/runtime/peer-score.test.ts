import { describe, expect, it } from 'vitest'
import { PeerScore } from '../../src/runtime/peer-score.ts'

/** For each of these violations of one peer: whether it exceeded the limit. */
function verdicts(atMs: readonly number[]): boolean[] {
  const score = new PeerScore()
  return atMs.map(nowMs => score.report('ada', 'undecodable', nowMs))
}

describe('peer score', () => {
  it.each([
    { atMs: [0, 0, 0, 0], last: false },
    { atMs: [0, 0, 0, 0, 0], last: true },
    { atMs: [0, 0, 0, 0, 60_000], last: false },
    { atMs: [0, 0, 0, 0, 59_999], last: true },
    { atMs: [0, 60_000, 120_000, 180_000, 240_000, 300_000, 360_000], last: false },
    { atMs: Array.from({ length: 100 }, (_, i) => i * 59_000), last: false },
    { atMs: [0, 59_000, 118_000, 118_000, 118_000], last: false },
    { atMs: [0, 59_000, 118_000, 118_000, 118_000, 118_000], last: true },
    // Disconnected and reconnected: one violation away from the limit.
    { atMs: [0, 0, 0, 0, 0, 0], last: true },
    { atMs: [0, 0, 0, 0, 0, 59_999], last: true },
    { atMs: [0, 0, 0, 0, 0, 60_000], last: false },
  ])('exceeds the limit with violations at $atMs: $last', ({ atMs, last }) => {
    expect(verdicts(atMs).at(-1)).toBe(last)
  })

  it('scores each peer separately, and counts by kind', () => {
    const score = new PeerScore()
    for (let i = 0; i < 20; i++) expect(score.report(`peer ${i}`, 'undecodable', 0)).toBe(false)
    score.report('peer 0', 'bad-signature', 0)
    expect(score.violations()).toEqual({ undecodable: 20, 'bad-signature': 1, flood: 0 })
  })

  it('tolerates what one pause can delay, and no steady excess of more than 512 KiB a second', () => {
    const score = new PeerScore()
    const mebibyte = 1_048_576
    expect(score.isTolerable('ada', 8 * mebibyte, 0)).toBe(true)
    expect(score.isTolerable('ada', mebibyte, 1_900)).toBe(false)
    expect(score.isTolerable('bob', mebibyte, 1_900)).toBe(true)
    expect(score.isTolerable('ada', mebibyte, 2_000)).toBe(true)
  })

  it('stores the scores of a limited number of peers, the most recent ones', () => {
    const score = new PeerScore()
    for (let i = 0; i < 4; i++) for (const id of ['old', 'new']) score.report(id, 'undecodable', 0)
    score.report('old', 'undecodable', 0)
    for (let i = 0; i < 4; i++) score.report('old', 'undecodable', 0)
    for (let i = 0; i < 1_023; i++) score.report(`peer ${i}`, 'undecodable', 0)
    expect(score.report('old', 'undecodable', 0)).toBe(true)
    expect(score.report('new', 'undecodable', 0)).toBe(false)
  })
})
