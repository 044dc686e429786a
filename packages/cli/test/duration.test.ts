import { describe, expect, it } from 'vitest'
import { toMilliseconds } from '../src/invite/duration.ts'

describe('a duration', () => {
  it.each([
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1y', 31_557_600_000],
  ])('%s is %d ms', (text, ms) => {
    expect(toMilliseconds(text)).toBe(ms)
  })

  it.each(['', '7', 'd', '-1d', '1.5d', '7 d', '7D', '1e3d', '9999999d'])('%j is refused', text => {
    expect(() => toMilliseconds(text)).toThrow(/such as 30m, 12h, 7d, 2w or 1y/)
  })
})
