import { ringHash } from './ring-hash.ts'

/** Our choice: degree ≤ 8, and the overlay stays connected with half of the members gone. Rapid (ATC'18) §4.1 calls it K. */
const defaultRings = 4

interface RingPosition {
  readonly hash: number
  readonly id: string
}

/** K rings over a set of members, kept as members come and go. */
export interface Rings {
  readonly size: number
  has(id: string): boolean
  /** Returns whether it was new. */
  add(id: string): boolean
  /** Returns whether it was there. */
  remove(id: string): boolean
  /** Everybody, in the order of a ring, from 0 to k − 1. @default 0 */
  members(ring?: number): string[]
  /**
   * Successor and predecessor of `id` on each ring, in ring order, each once: at most 2k, fewer when they
   * coincide. `id` need not be on the rings. Whom `skip` names is passed over for the next on that ring.
   */
  neighbours(id: string, skip?: (id: string) => boolean): string[]
}

/**
 * Members on K rings, each ring ordered by `hash(ring, id)`. Symmetric: of two members that hold the same set,
 * either both are neighbours or neither. add and remove: O(k · (log n + a move of memory)); neighbours: O(k · log n).
 *
 * @param k number of rings, an integer from 1 to 32. @default 4
 * @param prior rings of `createRings` with as many rings, not changed any more: what changes is kept beside them, so
 *   that thousands in one process share what all of them know
 * @throws RangeError for another k, or another prior
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
 * The ring neighbours of `self` among `members` (with or without itself), in ring order, each once, at most 2k.
 * O(k · n log n): keep `createRings` where members come and go.
 *
 * @throws RangeError for a k that is no integer from 1 to 32
 */
export function ringNeighbours(self: string, members: readonly string[], k: number = defaultRings): string[] {
  return createRings(k, members).neighbours(self)
}

class SortedRings implements Rings {
  readonly k: number
  readonly #prior: SortedRings | undefined
  /** Of the prior's members, those who are not on these rings. */
  readonly #removed = new Set<string>()
  /** Beside the prior's. */
  readonly #members: Set<string>
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
      const place = { hash: ringHash(ring, id), id }
      positions.splice(firstNotBefore(positions, place), 0, place)
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
    const before = prior ? prior.#ring(ring).filter(({ id }) => !this.#removed.has(id)) : []
    return [...before, ...(this.#rings[ring] ?? [])].sort(compare)
  }

  /** The first from there on, once around, that is not skipped. */
  #next(
    ring: number,
    from: RingPosition,
    step: 1 | -1,
    skip: (id: string) => boolean,
  ): RingPosition | undefined {
    const positions = this.#rings[ring] ?? []
    const at = firstNotBefore(positions, from)
    // Forward from itself or from whom it would push aside; backward from the one before.
    const own = walk(positions, step === 1 ? at : at - 1, step, skip)
    const prior = this.#prior
    const before = prior && prior.#next(ring, from, step, id => this.#removed.has(id) || skip(id))
    return own && before ? nearer(own, before, from, step) : (own ?? before)
  }
}

/** Equal hashes are ordered by id, so that all members order them alike. */
function compare(a: RingPosition, b: RingPosition): number {
  if (a.hash !== b.hash) return a.hash - b.hash
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

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

/** The first from `start` on that is not skipped, once around. */
function walk(
  positions: readonly RingPosition[],
  start: number,
  step: 1 | -1,
  skip: (id: string) => boolean,
): RingPosition | undefined {
  const size = positions.length
  for (let walked = 0; walked < size; walked++) {
    const place = positions[(start + step * walked + 2 * size) % size]
    if (place !== undefined && !skip(place.id)) return place
  }
  return undefined
}

/** Which of two comes first on the way around from there. */
function nearer(a: RingPosition, b: RingPosition, from: RingPosition, step: 1 | -1): RingPosition {
  // Forward the place itself comes first, backward last.
  const isPast = (place: RingPosition) => (step === 1 ? compare(place, from) < 0 : compare(place, from) >= 0)
  if (isPast(a) !== isPast(b)) return isPast(a) ? b : a
  return compare(a, b) * step < 0 ? a : b
}
