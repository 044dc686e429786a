/** Nearest name: what somebody meant who wrote it almost right. */

/** The name that takes the fewest changes to reach; undefined: none is near. The first of several. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(written.length / 3))
  const distances = names.map(name => [name, distanceOf(written.toLowerCase(), name.toLowerCase())] as const)
  const least = Math.min(...distances.map(([, distance]) => distance))
  return least > most ? undefined : distances.find(([, distance]) => distance === least)?.[0]
}

/** Letters to insert, delete, replace, or swap with the next: optimal string alignment (Damerau–Levenshtein). */
export function distanceOf(a: string, b: string): number {
  // Of the first i letters of a to the first j letters of b, for the last three i.
  let older: number[] = []
  let old = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(old, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? at(older, j - 2) + 1 : replaced
      row.push(Math.min(at(old, j) + 1, at(row, j - 1) + 1, replaced, swapped))
    }
    older = old
    old = row
  }
  return at(old, b.length)
}

const at = (row: readonly number[], j: number): number => row[j] ?? Number.POSITIVE_INFINITY
