/**
 * Arrival log: in which order beats came to this member, and from whom.
 *
 * It holds one arrival a member, its latest, so what came since a moment costs as much as came since then,
 * however many members there are. Beyond `maxArrivals` the oldest goes, and the log says so when asked about it.
 */
export interface Arrival {
  readonly id: string
  /** The neighbour that handed the beat over; oneself for one's own. */
  readonly from: string | undefined
  /** The count of arrivals at this one, itself included. */
  readonly at: number
}

export class ArrivalLog {
  readonly #maxArrivals: number
  /** In the order of arrival. */
  readonly #latest = new Map<string, Arrival>()
  /** The same, and some that are no longer the latest of their member. */
  #arrivals: Arrival[] = []
  #count = 0
  /** The mark before which something is no longer in the log. */
  #beginsAfter = 0

  constructor(maxArrivals: number) {
    this.#maxArrivals = maxArrivals
  }

  /** How many arrived so far: the mark of this moment. */
  get count(): number {
    return this.#count
  }

  /** A newer beat of this member was merged. */
  arrived(id: string, from: string | undefined): void {
    const arrival = { id, from, at: ++this.#count }
    // Deleted first: else it would keep its old rank in the map.
    this.#latest.delete(id)
    this.#latest.set(id, arrival)
    this.#arrivals.push(arrival)
    if (this.#latest.size > this.#maxArrivals) this.#dropOldest()
    if (this.#arrivals.length > 2 * this.#latest.size + 64) this.#arrivals = [...this.#latest.values()]
  }

  /** What arrived after this mark, the latest first; undefined if the log does not reach back that far. */
  since(mark: number): Arrival[] | undefined {
    if (mark < this.#beginsAfter) return undefined
    const since: Arrival[] = []
    for (let i = this.#arrivals.length - 1; i >= 0; i--) {
      const arrival = this.#arrivals[i]
      if (!arrival || arrival.at <= mark) break
      if (this.#latest.get(arrival.id) === arrival) since.push(arrival)
    }
    return since
  }

  #dropOldest(): void {
    const [oldest] = this.#latest.values()
    if (!oldest) return
    this.#latest.delete(oldest.id)
    this.#beginsAfter = oldest.at
  }
}
