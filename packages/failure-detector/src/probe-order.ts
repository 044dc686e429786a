/**
 * Probe order: round robin, so that each round contains each subject once (SWIM §4.3).
 * `shuffled` gives each round a random order, so that members do not probe the same subject at the same time; `given`
 * keeps the host's order.
 */
import type { Subject } from './input.ts'

/**
 * For how long evidence of a subject replaces a probe: half of a round over all subjects. When two members monitor each
 * other, the first probe is evidence for both, so only one of them probes.
 */
export function recentEvidenceMs(subjectCount: number, probeIntervalMs: number): number {
  return (subjectCount * probeIntervalMs) / 2
}

export class ProbeOrder {
  readonly #kind: 'given' | 'shuffled'
  readonly #random: () => number
  readonly #monitors = new Map<string, readonly string[]>()
  #round: string[] = []
  #next = 0

  constructor(kind: 'given' | 'shuffled', random: () => number) {
    this.#kind = kind
    this.#random = random
  }

  get size(): number {
    return this.#monitors.size
  }

  get ids(): readonly string[] {
    return [...this.#monitors.keys()]
  }

  has(id: string): boolean {
    return this.#monitors.has(id)
  }

  monitorsOf(id: string): readonly string[] {
    return this.#monitors.get(id) ?? []
  }

  /** Replaces the subjects. A subject that was probed in this round already waits for the next round. */
  replace(subjects: readonly Subject[]): void {
    const probed = new Set(this.#round.slice(0, this.#next))
    this.#monitors.clear()
    for (const { id, monitors } of subjects) this.#monitors.set(id, [...monitors])
    const ids = [...this.#monitors.keys()]
    const rest = ids.filter(id => !probed.has(id))
    if (this.#kind === 'shuffled') shuffle(rest, this.#random)
    const past = ids.filter(id => probed.has(id))
    this.#round = [...past, ...rest]
    this.#next = past.length
  }

  /** The next eligible subject; checks each subject at most once. */
  next(isEligible: (id: string) => boolean): string | undefined {
    for (let checked = 0; checked < this.#round.length; checked++) {
      if (this.#next >= this.#round.length) this.#beginRound()
      const id = this.#round[this.#next]
      this.#next += 1
      if (id !== undefined && isEligible(id)) return id
    }
    return undefined
  }

  #beginRound(): void {
    this.#next = 0
    this.#round = [...this.#monitors.keys()]
    if (this.#kind === 'shuffled') shuffle(this.#round, this.#random)
  }
}

/** Fisher–Yates, in place. */
export function shuffle<T>(items: T[], random: () => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const a = items[last] as T
    items[last] = items[other] as T
    items[other] = a
  }
}
