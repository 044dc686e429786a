/** Quantiles: of measured values in any order. NaN if there are none. */

/** The value below which this share of the values lies. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** The value in the middle, of two the greater one. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
