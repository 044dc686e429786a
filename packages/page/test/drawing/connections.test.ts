import { expect, it } from 'vitest'
import { shortId } from '../../src/contract.ts'
import { connectionsBetween } from '../../src/drawing/connections.ts'
import { ringCount, ringLayout } from '../../src/drawing/ring-layout.ts'

const ids = Array.from({ length: 9 }, (_, index) => `member-number-${index}`)
const [a, b, c] = ids as [string, string, string]

it('draws a connection once, and only if both ends publish it', () => {
  const shown = new Map([
    [b, [shortId(a)]],
    [a, [shortId(b), shortId(c), 'nobody', shortId(a)]],
    [c, []],
  ])
  expect(connectionsBetween(shown)).toEqual([{ from: a, to: b }])
})

it.each(Array.from({ length: ringCount }, (_, ring) => ring))(
  'places the members on ring %i apart from each other, independent of the order in which they joined',
  ring => {
    const positions = ringLayout(ids, ring).positions
    expect([...positions.keys()].sort()).toEqual(ids)
    expect(ringLayout([...ids].reverse(), ring).positions).toEqual(positions)
    for (const [id, { x, y }] of positions) {
      expect(Math.hypot(x - 0.5, y - 0.5)).toBeCloseTo(0.37)
      for (const [other, at] of positions)
        if (other !== id) expect(Math.hypot(x - at.x, y - at.y)).toBeGreaterThan(0.2)
    }
  },
)

it('orders each ring differently', () => {
  const orders = Array.from({ length: ringCount }, (_, ring) =>
    [...ringLayout(ids, ring).positions.keys()].join(),
  )
  expect(new Set(orders).size).toBe(ringCount)
})
