import { describe, expect, it } from 'vitest'
import { placeNames } from '../../src/drawing/name-layout.ts'

const on = (degrees: number, text: string) => {
  const angle = (degrees / 180) * Math.PI
  return { at: { x: 0.5 + 0.46 * Math.cos(angle), y: 0.5 + 0.46 * Math.sin(angle) }, text }
}

describe('the names in a dense ring', () => {
  it('are beside their marks, and point to the middle', () => {
    const [right, left] = placeNames([on(0, 'm1 dead'), on(180, 'm2')], 0.4)
    expect(right).toEqual({ x: 90, y: 50, anchor: 'end' })
    expect(left).toMatchObject({ x: 10, anchor: 'start' })
    expect(left?.y).toBeCloseTo(50)
  })

  it('do not overlap at the bottom, where names of both sides meet', () => {
    const [left, right] = placeNames([on(110, 'm0 (this member)'), on(75, 'm4 dead')], 0.4)
    expect(Math.abs((left?.y ?? 0) - (right?.y ?? 0))).toBeGreaterThanOrEqual(4)
  })

  it('do not overlap if many neighbours have failed', () => {
    const names = Array.from({ length: 12 }, (_, i) => on(-90 + i, `m${i} dead`))
    const ys = placeNames(names, 0.4)
      .map(({ y }) => y)
      .sort((a, b) => a - b)
    for (const [i, y] of ys.slice(1).entries()) expect(y - (ys[i] ?? 0)).toBeGreaterThanOrEqual(4)
    expect(ys.at(-1)).toBeLessThan(95)
  })
})
