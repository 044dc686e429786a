/** First index: where the items begin for which something holds, when it holds for all behind the first. */
export function lowerBound<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let [from, to] = [0, items.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (holds(items[middle] as T)) to = middle
    else from = middle + 1
  }
  return from
}
