/**
 * Ratios: each of our figures divided by the same figure of the other subject. Below 1, ours is smaller and
 * better.
 */
export function ratios(ours: unknown, theirs: unknown): unknown {
  if (typeof ours === 'number' && typeof theirs === 'number')
    // A division by zero has no ratio.
    return theirs === 0 ? null : Math.round((ours / theirs) * 1_000) / 1_000
  if (!isRecord(ours) || !isRecord(theirs)) return null
  return Object.fromEntries(Object.keys(ours).map(figure => [figure, ratios(ours[figure], theirs[figure])]))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
