/** Arrays: searching, sampling and dividing lists of any items. No function changes its argument. */

/**
 * The index of the first item that matches, by binary search; `items.length` if no item matches.
 *
 * @param matches must be true for every item behind the first one that matches.
 */
export function lowerBound<T>(items: readonly T[], matches: (item: T) => boolean): number {
  let [from, to] = [0, items.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (matches(items[middle] as T)) to = middle
    else from = middle + 1
  }
  return from
}

/** At most `count` items drawn at random without replacement. */
export function sample<T>(from: readonly T[], count: number, random: () => number): T[] {
  const left = [...from]
  const drawn: T[] = []
  while (drawn.length < count && left.length > 0)
    drawn.push(...left.splice(Math.floor(random() * left.length), 1))
  return drawn
}

/** The items from the index `by` on, modulo their number, and then those before. @param by any whole number ≥ 0 */
export function rotated<T>(items: readonly T[], by: number): T[] {
  const from = by % items.length || 0
  return [...items.slice(from), ...items.slice(0, from)]
}

/**
 * The items in as few batches as their sizes allow, in the same order. An item larger than `maxBytes` is a batch of its
 * own.
 */
export function batchesOf<T>(items: Iterable<T>, maxBytes: number, bytesOf: (item: T) => number): T[][] {
  const batches: T[][] = []
  let left = 0
  for (const item of items) {
    const bytes = bytesOf(item)
    if (bytes > left) {
      batches.push([])
      left = maxBytes
    }
    batches.at(-1)?.push(item)
    left -= bytes
  }
  return batches
}

/** The value in the middle, of two the one nearer to 0; undefined if there is none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1)
  return middle.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0]
}
