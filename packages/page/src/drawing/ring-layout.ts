/** Ring layout: positions of the members in the drawing, on a circle in the order of one of hearsay's rings. */
import { createRings } from '@hearsay/failure-detector'
import type { Point } from '../contract.ts'

/** The number of rings of the detector. A member keeps connections to its neighbours on each of them. */
export const ringCount = 4

/** As a fraction of the drawing's width. */
const radius = 0.37

/** Member id → its position, 0 to 1 from the left and from the top; the first member on the ring is at the top. */
export function ringLayout(ids: readonly string[], ring: number): ReadonlyMap<string, Point> {
  const around = createRings(ringCount, ids).members(ring)
  return new Map(
    around.map((id, index) => {
      const angle = (index / around.length) * 2 * Math.PI - Math.PI / 2
      return [id, { x: 0.5 + radius * Math.cos(angle), y: 0.5 + radius * Math.sin(angle) }]
    }),
  )
}
