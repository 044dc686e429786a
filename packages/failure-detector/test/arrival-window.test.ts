import { describe, expect, it } from 'vitest'
import { ArrivalWindow } from '../src/arrival-window.ts'

const filled = (gapsMs: readonly number[], longestMs = Infinity): ArrivalWindow => {
  const window = new ArrivalWindow()
  for (const gapMs of gapsMs) window.add(gapMs, longestMs)
  return window
}
const none = (): number => 0

describe('ArrivalWindow', () => {
  it.each([
    [[100], 100, 0],
    [[100, 200, 300], 200, 81.65],
    [[...Array(32).fill(1), ...Array(32).fill(7)], 7, 0],
  ])('estimates the interval from %j', (gapsMs, meanMs, deviationMs) => {
    const estimate = filled(gapsMs).estimate(0, none)
    expect(estimate?.meanMs).toBeCloseTo(meanMs, 2)
    expect(estimate?.deviationMs).toBeCloseTo(deviationMs, 2)
  })

  it('has no estimate before the first gap', () => {
    expect(filled([]).estimate(0, none)).toBeUndefined()
  })

  it('keeps the deviation above its lower bound', () => {
    expect(filled([100, 100]).estimate(0, meanMs => meanMs / 4)?.deviationMs).toBe(25)
  })

  it('leaves out the gap of an outage', () => {
    expect(filled([100, 100, 9_000, 100, 9_000, 100], 500).estimate(0, none)?.meanMs).toBe(100)
  })

  it('starts again after three long gaps in a row', () => {
    expect(filled([100, 100, 9_000, 9_000, 9_000, 9_000], 500).estimate(0, none)?.meanMs).toBe(9_000)
  })

  it('accepts a gap of exactly the longest length', () => {
    expect(filled([100, 500], 500).estimate(0, none)?.meanMs).toBe(300)
  })

  it('replaces the window at the third long gap in a row', () => {
    expect(filled([100, 100, 9_000, 9_000], 500).estimate(0, none)?.meanMs).toBe(100)
    expect(filled([100, 100, 9_000, 9_000, 9_000], 500).estimate(0, none)?.meanMs).toBe(9_000)
  })
})
