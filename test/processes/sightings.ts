/**
 * Sightings: what each member told of another, stamped when the line arrived here.
 *
 * One clock for every member and every subject of the comparison, so that differences mean something.
 */
export type SightingEvent = 'join' | 'suspect' | 'recover' | 'fail' | 'leave'

export interface Sighting {
  readonly atMs: number
  readonly observer: string
  readonly event: SightingEvent
  readonly member: string
}

export class Sightings {
  readonly #log: Sighting[] = []
  readonly #waiting = new Set<() => void>()

  record(observer: string, event: SightingEvent, member: string): void {
    this.#log.push({ atMs: performance.now(), observer, event, member })
    for (const look of this.#waiting) look()
  }

  /** In the order in which they were told. */
  since(sinceMs: number): readonly Sighting[] {
    const from = this.#log.findIndex(({ atMs }) => atMs >= sinceMs)
    return from < 0 ? [] : this.#log.slice(from)
  }

  /** For each observer, the milliseconds from `sinceMs` until it first told one of the events of `member`. Ascending. */
  delays(member: string, events: readonly SightingEvent[], sinceMs: number): number[] {
    const first = new Map<string, number>()
    for (const told of this.since(sinceMs)) {
      if (told.member !== member || !events.includes(told.event) || first.has(told.observer)) continue
      first.set(told.observer, told.atMs - sinceMs)
    }
    return [...first.values()]
  }

  /** When each of the others was first told of by each, ascending. */
  firstJoins(): number[] {
    const first = new Map<string, number>()
    for (const { atMs, observer, event, member } of this.#log) {
      const pair = `${observer} of ${member}`
      if (event === 'join' && !first.has(pair)) first.set(pair, atMs)
    }
    return [...first.values()]
  }

  /** Resolves as soon as the condition holds, or when the time is over. */
  until(condition: () => boolean, withinMs: number): Promise<void> {
    return new Promise(resolve => {
      const look = () => condition() && end()
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      const timer = setTimeout(end, withinMs)
      this.#waiting.add(look)
      look()
    })
  }
}
