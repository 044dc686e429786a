import { ringHash } from './ring-hash.ts'

/** Our choice: degree ≤ 8, and the overlay stays connected with half of the members gone. Rapid (ATC'18) §4.1 calls it K. */
const defaultRings = 4

interface Place {
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
 * @throws RangeError for another k
 */
export function createRings(k: number = defaultRings, members: Iterable<string> = []): Rings {
  if (!Number.isInteger(k) || k < 1 || k > 32)
    throw new RangeError(`k must be an integer from 1 to 32, not ${String(k)}`)
  return new SortedRings(k, new Set(members))
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
  readonly #members: Set<string>
  readonly #rings: Place[][]

  constructor(k: number, members: Set<string>) {
    this.#members = members
    this.#rings = Array.from({ length: k }, (_, ring) =>
      [...members].map(id => ({ hash: ringHash(ring, id), id })).sort(compare),
    )
  }

  get size(): number {
    return this.#members.size
  }

  has(id: string): boolean {
    return this.#members.has(id)
  }

  add(id: string): boolean {
    if (this.#members.has(id)) return false
    this.#members.add(id)
    for (const [ring, places] of this.#rings.entries()) {
      const place = { hash: ringHash(ring, id), id }
      places.splice(firstNotBefore(places, place), 0, place)
    }
    return true
  }

  remove(id: string): boolean {
    if (!this.#members.delete(id)) return false
    for (const [ring, places] of this.#rings.entries())
      places.splice(firstNotBefore(places, { hash: ringHash(ring, id), id }), 1)
    return true
  }

  neighbours(id: string, skip: (id: string) => boolean = () => false): string[] {
    const found = new Set<string>()
    for (const [ring, places] of this.#rings.entries()) {
      const at = firstNotBefore(places, { hash: ringHash(ring, id), id })
      // Forward from itself or from whom it would push aside; backward from the one before.
      const successor = walk(places, at, 1, id, skip)
      const predecessor = walk(places, at - 1, -1, id, skip)
      if (successor !== undefined) found.add(successor)
      if (predecessor !== undefined) found.add(predecessor)
    }
    return [...found]
  }
}

/** Equal hashes are ordered by id, so that all members order them alike. */
function compare(a: Place, b: Place): number {
  if (a.hash !== b.hash) return a.hash - b.hash
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

function firstNotBefore(places: readonly Place[], sought: Place): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(places[middle] as Place, sought) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The first from `start` on that is not `self` and not skipped, once around. */
function walk(
  places: readonly Place[],
  start: number,
  step: 1 | -1,
  self: string,
  skip: (id: string) => boolean,
): string | undefined {
  const size = places.length
  for (let walked = 0; walked < size; walked++) {
    const id = places[(start + step * walked + 2 * size) % size]?.id
    if (id !== undefined && id !== self && !skip(id)) return id
  }
  return undefined
}
