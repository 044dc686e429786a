/** Ratios: one subject's figures divided by the other's, figure by figure. Below 1 is less, which is better. */
export function ratios(ours: unknown, theirs: unknown): unknown {
  if (typeof ours === 'number' && typeof theirs === 'number')
    // A division by zero has no ratio.
    return theirs === 0 ? null : Math.round((ours / theirs) * 1_000) / 1_000
  if (!isRecord(ours) || !isRecord(theirs)) return null
  return Object.fromEntries(Object.keys(ours).map(figure => [figure, ratios(ours[figure], theirs[figure])]))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
