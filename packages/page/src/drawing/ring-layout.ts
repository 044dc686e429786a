/** Ring layout: positions of the members in the drawing, on a circle in the order of one of hearsay's rings. */
import { createRings } from '@hearsay/failure-detector'
import type { Point } from '../contract.ts'

/** The number of rings of the detector. A member keeps connections to its neighbours on each of them. */
export const ringCount = 4

export interface RingLayout {
  /** Member id → its position, 0 to 1 from the left and from the top; the first member on the ring is at the top. */
  readonly positions: ReadonlyMap<string, Point>
  /** The least distance between two neighbours. */
  readonly gap: number
  /** All members are at least this far from the middle. */
  readonly innerRadius: number
}

/** As fractions of the drawing's width: the circle, with room for labels outside, or without labels. */
const radius = 0.37
const denseRadius = 0.46
/** Our choice: users can distinguish and hit marks at this distance, at 400 pixels. */
const leastGap = 0.023

/**
 * Members that do not fit on one circle are distributed over several circles in turn. The angles of the members alone give the
 * order on the ring.
 */
export function ringLayout(ids: readonly string[], ring: number): RingLayout {
  const around = createRings(ringCount, ids).members(ring)
  const gap = (2 * Math.PI * denseRadius) / Math.max(1, around.length)
  const circles = Math.max(1, Math.ceil(leastGap / gap))
  const outermost = circles === 1 && gap > 2 * leastGap ? radius : denseRadius
  const positions = around.map((id, index): [string, Point] => {
    const angle = (index / around.length) * 2 * Math.PI - Math.PI / 2
    const r = outermost - (index % circles) * leastGap
    return [id, { x: 0.5 + r * Math.cos(angle), y: 0.5 + r * Math.sin(angle) }]
  })
  const innerRadius = outermost - (circles - 1) * leastGap
  return { positions: new Map(positions), gap: Math.max(leastGap, gap), innerRadius }
}
