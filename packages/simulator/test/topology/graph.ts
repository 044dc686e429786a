/** Graph: which members can connect to each other directly, and which through others. Pure. */

export type Pair = readonly [string, string]

/** Pairs of members without any traffic between them, in either direction. */
export class Cuts {
  readonly #keys = new Set<string>()
  readonly pairs: Pair[] = []

  add(a: string, b: string): void {
    if (a === b || this.has(a, b)) return
    this.#keys.add(keyOf(a, b))
    this.pairs.push([a, b])
  }

  remove(a: string, b: string): void {
    if (!this.#keys.delete(keyOf(a, b))) return
    this.pairs.splice(
      this.pairs.findIndex(pair => keyOf(...pair) === keyOf(a, b)),
      1,
    )
  }

  has(a: string, b: string): boolean {
    return this.#keys.has(keyOf(a, b))
  }
}

/** The names that `start` reaches through members of `names` alone, `start` included. */
export function componentOf(
  start: string,
  names: readonly string[],
  areJoined: (a: string, b: string) => boolean,
): Set<string> {
  const reached = new Set([start])
  for (const from of reached) for (const to of names) if (areJoined(from, to)) reached.add(to)
  return reached
}

export function isConnected(names: readonly string[], cuts: Cuts): boolean {
  const [start] = names
  return start === undefined || componentOf(start, names, (a, b) => !cuts.has(a, b)).size === names.length
}

const keyOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`)
