/** Rings: the order of all members on K rings, and the neighbours of a member there. Equal sets of members give equal rings. */

/**
 * Number of rings, called K in Rapid (ATC'18) §4.1. Our choice: 4. So each member has at most 8 neighbours, and the
 * graph of all neighbours stays connected when half of the members are removed.
 */
const defaultRings = 4

interface RingPosition {
  readonly hash: number
  readonly id: string
}

/** K rings over a set of members. A ring is the order of all members by a hash. Members can be added and removed. */
export interface Rings {
  /** How many members are on the rings. */
  readonly size: number
  /** Whether the member is on the rings. */
  has(id: string): boolean
  /** Adds a member. Returns whether the member was new. */
  add(id: string): boolean
  /** Removes a member. Returns whether the member was on the rings. */
  remove(id: string): boolean
  /** All members in the order of one ring. `ring` is 0 to k − 1. @default 0 */
  members(ring?: number): string[]
  /**
   * The successor and the predecessor of `id` on each ring, from ring 0 on, each member once: at most 2k ids. `id` need
   * not be on the rings. A member for which `skip` returns true is passed over, and the next member on the ring counts.
   */
  neighbours(id: string, skip?: (id: string) => boolean): string[]
}

/**
 * Puts members on K rings. `ringHash(ring, id)` orders each ring. The relation is symmetric: if two members use the same
 * set of members, either both are neighbours of each other, or neither is. `add` and `remove` cost O(k · log n)
 * comparisons and k moves of an array's tail, `neighbours` costs O(k · log n).
 *
 * @param k number of rings, an integer from 1 to 32. @default 4
 * @param members the first members. @default none
 * @param prior rings that `createRings` returned for the same k and that do not change any more. The new rings start
 *   with the members of the prior and store only differences. So thousands of rings in one process share memory
 * @throws RangeError if k is out of range, or if the prior has another k
 */
export function createRings(k: number = defaultRings, members: Iterable<string> = [], prior?: Rings): Rings {
  if (!Number.isInteger(k) || k < 1 || k > 32)
    throw new RangeError(`k must be an integer from 1 to 32, not ${String(k)}`)
  if (prior === undefined) return new SortedRings(k, new Set(members))
  if (!(prior instanceof SortedRings) || prior.k !== k)
    throw new RangeError('prior must be rings that createRings returned for the same k')
  const rings = new SortedRings(k, new Set(), prior)
  for (const id of members) rings.add(id)
  return rings
}

/**
 * The ring neighbours of `self` among `members`, from ring 0 on, each member once: at most 2k ids. `members` may contain
 * `self`. The cost is O(k · n log n): use `createRings` if members are added and removed.
 *
 * @throws RangeError if k is not an integer from 1 to 32
 */
export function ringNeighbours(self: string, members: readonly string[], k: number = defaultRings): string[] {
  return createRings(k, members).neighbours(self)
}

class SortedRings implements Rings {
  readonly k: number
  readonly #prior: SortedRings | undefined
  /** Members of the prior that are not on these rings. */
  readonly #removed = new Set<string>()
  /** Members that are not in the prior. */
  readonly #members: Set<string>
  /** The positions of `#members` on each ring, sorted. */
  readonly #rings: RingPosition[][]

  constructor(k: number, members: Set<string>, prior?: SortedRings) {
    this.k = k
    this.#prior = prior
    this.#members = members
    this.#rings = Array.from({ length: k }, (_, ring) =>
      [...members].map(id => ({ hash: ringHash(ring, id), id })).sort(compare),
    )
  }

  get size(): number {
    return this.#members.size + (this.#prior?.size ?? 0) - this.#removed.size
  }

  has(id: string): boolean {
    return this.#members.has(id) || (this.#prior?.has(id) === true && !this.#removed.has(id))
  }

  add(id: string): boolean {
    if (this.has(id)) return false
    if (this.#removed.delete(id)) return true
    this.#members.add(id)
    for (const [ring, positions] of this.#rings.entries()) {
      const position = { hash: ringHash(ring, id), id }
      positions.splice(firstNotBefore(positions, position), 0, position)
    }
    return true
  }

  remove(id: string): boolean {
    if (!this.has(id)) return false
    if (!this.#members.delete(id)) {
      this.#removed.add(id)
      return true
    }
    for (const [ring, positions] of this.#rings.entries())
      positions.splice(firstNotBefore(positions, { hash: ringHash(ring, id), id }), 1)
    return true
  }

  members(ring = 0): string[] {
    return this.#ring(ring).map(({ id }) => id)
  }

  neighbours(id: string, skip: (id: string) => boolean = () => false): string[] {
    const found = new Set<string>()
    for (let ring = 0; ring < this.k; ring++) {
      const from = { hash: ringHash(ring, id), id }
      for (const step of [1, -1] as const) {
        const next = this.#next(ring, from, step, other => other === id || skip(other))
        if (next !== undefined) found.add(next.id)
      }
    }
    return [...found]
  }

  #ring(ring: number): RingPosition[] {
    const prior = this.#prior
    const inPrior = prior ? prior.#ring(ring).filter(({ id }) => !this.#removed.has(id)) : []
    return [...inPrior, ...(this.#rings[ring] ?? [])].sort(compare)
  }

  /** The first position that is not skipped, from `from` on and once around the ring. */
  #next(
    ring: number,
    from: RingPosition,
    step: 1 | -1,
    skip: (id: string) => boolean,
  ): RingPosition | undefined {
    const positions = this.#rings[ring] ?? []
    const start = firstNotBefore(positions, from)
    // A search forward begins at `from`, a search backward at the position before it.
    const own = walk(positions, step === 1 ? start : start - 1, step, skip)
    const prior = this.#prior
    const inPrior = prior && prior.#next(ring, from, step, id => this.#removed.has(id) || skip(id))
    return own && inPrior ? nearer(own, inPrior, from, step) : (own ?? inPrior)
  }
}

/** Orders positions by hash, and equal hashes by id, so that all members compute the same order. */
function compare(a: RingPosition, b: RingPosition): number {
  if (a.hash !== b.hash) return a.hash - b.hash
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** The index of the first position that is not before the sought one. */
function firstNotBefore(positions: readonly RingPosition[], sought: RingPosition): number {
  let low = 0
  let high = positions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(positions[middle] as RingPosition, sought) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The first position that is not skipped, from index `start` on and once around the ring. */
function walk(
  positions: readonly RingPosition[],
  start: number,
  step: 1 | -1,
  skip: (id: string) => boolean,
): RingPosition | undefined {
  const size = positions.length
  for (let walked = 0; walked < size; walked++) {
    const position = positions[(start + step * walked + 2 * size) % size]
    if (position !== undefined && !skip(position.id)) return position
  }
  return undefined
}

/** The position that a walk around the ring from `from` reaches first. */
function nearer(a: RingPosition, b: RingPosition, from: RingPosition, step: 1 | -1): RingPosition {
  // A walk forward reaches a position that equals `from` first, a walk backward reaches it last.
  const isPast = (position: RingPosition) =>
    step === 1 ? compare(position, from) < 0 : compare(position, from) >= 0
  if (isPast(a) !== isPast(b)) return isPast(a) ? b : a
  return compare(a, b) * step < 0 ? a : b
}

/** The position of an id on a ring, from 0 to 2³² − 1: the same on all members. The hash is not cryptographic. */
export function ringHash(ring: number, id: string): number {
  // FNV-1a over UTF-16 units with a start value for each ring, then the finalizer of MurmurHash3. Without the
  // finalizer, ids that differ only in their last characters would be distributed unevenly.
  let hash = (0x811c9dc5 ^ Math.imul(ring + 1, 0x9e3779b1)) >>> 0
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
