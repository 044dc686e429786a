/**
 * Sightings: the events about other members that each member reported, with the time when the line arrived here.
 *
 * All members and all subjects of the comparison share this one clock, so that their differences are meaningful.
 */
const sightingEvents = ['join', 'suspect', 'recover', 'fail', 'leave'] as const
export type SightingEvent = (typeof sightingEvents)[number]

export function isSightingEvent(event: unknown): event is SightingEvent {
  return sightingEvents.some(each => each === event)
}

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

  /** In order of arrival. */
  since(sinceMs: number): readonly Sighting[] {
    const from = this.#log.findIndex(({ atMs }) => atMs >= sinceMs)
    return from < 0 ? [] : this.#log.slice(from)
  }

  /** For each observer, the milliseconds from `sinceMs` until it first reported one of the events of `member`. Ascending. */
  delays(member: string, events: readonly SightingEvent[], sinceMs: number): number[] {
    const first = new Map<string, number>()
    for (const sighting of this.since(sinceMs)) {
      if (sighting.member !== member || !events.includes(sighting.event) || first.has(sighting.observer))
        continue
      first.set(sighting.observer, sighting.atMs - sinceMs)
    }
    return [...first.values()]
  }

  /** When each member first reported each of the others, ascending. */
  firstJoins(): number[] {
    const first = new Map<string, number>()
    for (const { atMs, observer, event, member } of this.#log) {
      const pair = `${observer} of ${member}`
      if (event === 'join' && !first.has(pair)) first.set(pair, atMs)
    }
    return [...first.values()]
  }

  /** Resolves when the condition holds, or when the time is over. */
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
