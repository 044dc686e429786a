/**
 * Copy-on-write map: a map on top of another map, its prior, which it never changes.
 *
 * A key without a change of its own is looked up in the prior. So thousands of members in one process, as in a
 * simulation, share the state that is the same for all of them. Without a prior, a copy-on-write map is an ordinary map.
 */
export class CopyOnWriteMap<V extends object> {
  readonly #prior: CopyOnWriteMap<V> | undefined
  /** The value undefined marks a key of the prior that was deleted here. */
  readonly #changes = new Map<string, V | undefined>()
  #size: number

  constructor(prior?: CopyOnWriteMap<V>) {
    this.#prior = prior
    this.#size = prior?.size ?? 0
  }

  get size(): number {
    return this.#size
  }

  /** Whether anything differs from the prior; true without one. */
  get isChanged(): boolean {
    return this.#prior === undefined || this.#changes.size > 0
  }

  get(key: string): V | undefined {
    const own = this.#changes.get(key)
    if (own !== undefined || this.#prior === undefined || this.#changes.has(key)) return own
    return this.#prior.get(key)
  }

  /** Whether this map, not the prior, stores the value of this key: changing that object affects no other map. */
  owns(key: string): boolean {
    return this.#changes.get(key) !== undefined
  }

  set(key: string, value: V): void {
    if (this.get(key) === undefined) this.#size += 1
    this.#changes.set(key, value)
  }

  /** @returns whether the key had a value */
  delete(key: string): boolean {
    if (this.get(key) === undefined) return false
    this.#size -= 1
    if (this.#prior?.get(key) === undefined) this.#changes.delete(key)
    else this.#changes.set(key, undefined)
    return true
  }

  /**
   * All values: first those of the prior's keys, in the prior's order, then those of added keys, in insertion order.
   */
  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value
  }

  *entries(): Generator<[string, V]> {
    if (this.#prior)
      for (const [key, before] of this.#prior.entries()) {
        const value = this.#changes.has(key) ? this.#changes.get(key) : before
        if (value !== undefined) yield [key, value]
      }
    for (const [key, value] of this.#changes)
      if (value !== undefined && this.#prior?.get(key) === undefined) yield [key, value]
  }
}
