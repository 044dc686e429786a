import { describe, expect, it } from 'vitest'
import { ReplayWindow } from '../../src/base/replay-window.ts'

describe('replay window', () => {
  it('accepts each number once, in any order', () => {
    const window = new ReplayWindow()
    const taken = [3, 1, 3, 2, 1, 70, 2, 69, 70].map(number => window.accept('a', 1, number))
    expect(taken).toEqual([true, true, false, true, false, true, false, true, false])
    expect(window.has('a', 1, 69)).toBe(true)
    expect(window.has('a', 1, 68)).toBe(false)
  })

  it('counts numbers more than 63 behind as delivered', () => {
    const window = new ReplayWindow()
    window.accept('a', 1, 100)
    expect(window.accept('a', 1, 37)).toBe(true)
    expect(window.accept('a', 1, 36)).toBe(false)
    expect(window.has('a', 1, 36)).toBe(true)
  })

  it('restarts with a later generation, and accepts nothing of an earlier one', () => {
    const window = new ReplayWindow()
    window.accept('a', 1, 50)
    expect(window.has('a', 2, 1)).toBe(false)
    expect(window.accept('a', 2, 1)).toBe(true)
    expect(window.accept('a', 1, 51)).toBe(false)
    expect(window.has('a', 1, 51)).toBe(true)
  })

  it('separates authors, and keeps a limited number of them', () => {
    const window = new ReplayWindow()
    window.accept('a', 1, 1)
    expect(window.accept('b', 1, 1)).toBe(true)
    for (let author = 0; author < 4_096; author++) window.accept(`${author}`, 1, 1)
    expect(window.has('a', 1, 1)).toBe(false)
  })
})
