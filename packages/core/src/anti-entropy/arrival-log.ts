/**
 * Arrival log: the order in which heartbeats arrived at this member, and their senders.
 *
 * The log stores the latest arrival of each member. Listing the arrivals after a mark costs time in proportion to these
 * arrivals, not to the number of members. Beyond `maxArrivals` the oldest arrival is deleted; `since` returns undefined
 * for a mark before a deleted arrival.
 */
export interface Arrival {
  readonly id: string
  /** The peer that sent the heartbeat, or the local id for the local heartbeat. Undefined: it arrived in a rumor. */
  readonly from: string | undefined
  /** The number of arrivals up to and including this one. */
  readonly at: number
}

/** Enough for about four minutes of heartbeats in a cluster of 10,000; each neighbour syncs several times a minute. */
const defaultMaxArrivals = 4_096

export class ArrivalLog {
  readonly #maxArrivals: number
  /** Member id → its latest arrival, in the order of arrival. */
  readonly #latest = new Map<string, Arrival>()
  /** The arrivals of `#latest` in the same order, and some outdated ones between them. */
  #arrivals: Arrival[] = []
  #count = 0
  /** The log is incomplete for marks below this one. */
  #beginsAfter = 0

  constructor(maxArrivals: number = defaultMaxArrivals) {
    this.#maxArrivals = maxArrivals
  }

  /** The number of arrivals so far: the current mark. */
  get count(): number {
    return this.#count
  }

  /** A newer heartbeat of the member `id` was merged. */
  arrived(id: string, from: string | undefined): void {
    const arrival = { id, from, at: ++this.#count }
    // Delete the entry before setting it: otherwise the member would keep its old position in the map.
    this.#latest.delete(id)
    this.#latest.set(id, arrival)
    this.#arrivals.push(arrival)
    if (this.#latest.size > this.#maxArrivals) this.#dropOldest()
    if (this.#arrivals.length > 2 * this.#latest.size + 64) this.#arrivals = [...this.#latest.values()]
  }

  /**
   * The latest arrivals of members after this mark, the newest first; undefined if the log does not reach
   * back to the mark.
   */
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
