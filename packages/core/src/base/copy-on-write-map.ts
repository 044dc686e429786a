/**
 * Layered map: a map beside another one that it never changes, its prior.
 *
 * What it does not have of its own is looked up there. Thousands of members in one process, as in a simulation,
 * so share what all of them know; without a prior it is a map like any other.
 */
export class CopyOnWriteMap<V extends object> {
  readonly #prior: CopyOnWriteMap<V> | undefined
  /** Undefined: the prior's, deleted here. */
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

  /** Whether the value of this key is kept here, so that nobody else sees it change. */
  owns(key: string): boolean {
    return this.#changes.get(key) !== undefined
  }

  set(key: string, value: V): void {
    if (this.get(key) === undefined) this.#size += 1
    this.#changes.set(key, value)
  }

  /** @returns whether it was there */
  delete(key: string): boolean {
    if (this.get(key) === undefined) return false
    this.#size -= 1
    if (this.#prior?.get(key) === undefined) this.#changes.delete(key)
    else this.#changes.set(key, undefined)
    return true
  }

  /** The prior's first, in its order, then what was added, in the order of its coming. */
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
