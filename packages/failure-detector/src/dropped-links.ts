/** How many are looked into in one interval: as many as one helper serves for one member. */
const looksInOne = 8

interface Dropped {
  readonly id: string
  /** Who watches over it, and can be asked. */
  readonly monitors: readonly string[]
  readonly atMs: number
}

/**
 * Dropped links: connections to members that are no subjects, which ended without a reason known here.
 *
 * Most were given up by the other end, because neither needs them. Each is looked into once, through the member's
 * monitors, a few in each interval; a dial would only make another connection that nobody needs.
 */
export class DroppedLinks {
  readonly #waiting = new Map<string, Dropped>()

  add(id: string, monitors: readonly string[], nowMs: number): void {
    this.#waiting.set(id, { id, monitors, atMs: nowMs })
  }

  /** Connected again, looked into otherwise, or forgotten. */
  delete(id: string): void {
    this.#waiting.delete(id)
  }

  /** Whose turn it is in this interval; the longest ago first. */
  take(): Dropped[] {
    const taken = [...this.#waiting.values()].slice(0, looksInOne)
    for (const { id } of taken) this.#waiting.delete(id)
    return taken
  }
}
