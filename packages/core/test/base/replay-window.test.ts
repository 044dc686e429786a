import { describe, expect, it } from 'vitest'
import { ReplayWindow } from '../../src/base/replay-window.ts'

describe('replay window', () => {
  it('accepts each number once, in any order', () => {
    const window = new ReplayWindow()
    const taken = [3, 1, 3, 2, 1, 70, 2, 69, 70].map(number => window.accept('a', 1, number, 1_000))
    expect(taken).toEqual([true, true, false, true, false, true, false, true, false])
    expect(window.has('a', 1, 69, 1_000)).toBe(true)
    expect(window.has('a', 1, 68, 1_000)).toBe(false)
  })

  it('counts numbers more than 63 behind as delivered', () => {
    const window = new ReplayWindow()
    window.accept('a', 1, 100, 1_000)
    expect(window.accept('a', 1, 37, 1_000)).toBe(true)
    expect(window.accept('a', 1, 36, 1_000)).toBe(false)
    expect(window.has('a', 1, 36, 1_000)).toBe(true)
  })

  it('restarts with a later generation, and accepts nothing of an earlier one', () => {
    const window = new ReplayWindow()
    window.accept('a', 1, 50, 1_000)
    expect(window.has('a', 2, 1, 1_000)).toBe(false)
    expect(window.accept('a', 2, 1, 1_000)).toBe(true)
    expect(window.accept('a', 1, 51, 1_000)).toBe(false)
    expect(window.has('a', 1, 51, 1_000)).toBe(true)
  })

  it('restarts with an earlier generation if the stored one is from a clock that was ahead', () => {
    const window = new ReplayWindow()
    window.accept('a', 2_000, 50, 3_000)
    expect(window.accept('a', 2_000, 50, 1_000)).toBe(false)
    expect(window.accept('a', 2_000, 51, 1_000)).toBe(true)
    expect(window.has('a', 900, 50, 2_000)).toBe(true)
    expect(window.has('a', 900, 50, 1_999)).toBe(false)
    expect(window.accept('a', 900, 50, 1_999)).toBe(true)
    expect(window.accept('a', 900, 50, 1_999)).toBe(false)
    expect(window.accept('a', 2_000, 52, 1_999)).toBe(true)
  })

  it('separates authors, and keeps a limited number of them', () => {
    const window = new ReplayWindow()
    window.accept('a', 1, 1, 1_000)
    expect(window.accept('b', 1, 1, 1_000)).toBe(true)
    for (let author = 0; author < 4_096; author++) window.accept(`${author}`, 1, 1, 1_000)
    expect(window.has('a', 1, 1, 1_000)).toBe(false)
  })
})
