import type { Subject } from './input.ts'

/**
 * How long a subject that was heard need not be probed: half of one round over all subjects. Where members
 * monitor each other, whoever probes first saves the other's turn, so an edge is probed by one end.
 */
export function recentEvidenceMs(subjectCount: number, probeIntervalMs: number): number {
  return (subjectCount * probeIntervalMs) / 2
}

/**
 * Probe order: round robin, so that each subject's turn comes within one round (SWIM §4.3).
 * `shuffled` puts each round in a random order, so that members do not probe in step; `given` keeps the host's.
 */
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

  /** Takes the new list. Whoever stays and was not yet probed in this round keeps its turn. */
  replace(subjects: readonly Subject[]): void {
    const done = new Set(this.#round.slice(0, this.#next))
    this.#monitors.clear()
    for (const { id, monitors } of subjects) this.#monitors.set(id, [...monitors])
    const ids = [...this.#monitors.keys()]
    const rest = ids.filter(id => !done.has(id))
    if (this.#kind === 'shuffled') shuffle(rest, this.#random)
    const past = ids.filter(id => done.has(id))
    this.#round = [...past, ...rest]
    this.#next = past.length
  }

  /** The next one in order that is eligible, asking each at most once. */
  next(isEligible: (id: string) => boolean): string | undefined {
    for (let asked = 0; asked < this.#round.length; asked++) {
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
