/** Nearest name: the valid name that a misspelt one most likely stands for. */

/**
 * The name with the smallest edit distance, at most a third of the length of `written` (and at least 1). The first of
 * several with the same distance; undefined if no name is near enough.
 */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(written.length / 3)) + 1
  for (const name of names) {
    const distance = distanceOf(written.toLowerCase(), name.toLowerCase())
    if (distance >= least) continue
    nearest = name
    least = distance
  }
  return nearest
}

/**
 * Edit distance: the number of letters to insert, delete, replace, or swap with the next one. Optimal string alignment
 * (restricted Damerau–Levenshtein).
 */
export function distanceOf(a: string, b: string): number {
  // rows[i][j]: distance of the first i letters of a to the first j letters of b.
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j += 1) {
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const replaced = at(i - 1, j - 1) + Number(a[i - 1] !== b[j - 1])
      row.push(
        Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, isSwap ? at(i - 2, j - 2) + 1 : replaced),
      )
    }
  }
  return at(a.length, b.length)
}
