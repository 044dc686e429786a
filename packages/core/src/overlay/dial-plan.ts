/**
 * Dial plan: when to dial whom, so that every wanted edge comes to stand.
 *
 * One dial to a member at a time; after each failure it waits longer, up to `maxWaitMs`. Of two members that
 * want the same edge the one with the smaller id dials first, the other after `secondDialerDelayMs`.
 */
const firstWaitMs = 500
const maxWaitMs = 30_000
const secondDialerDelayMs = 1_500
/** After so many failed dials in a row the ring goes past this member, until it turns up. */
const attemptsBeforeSkip = 4

interface Attempt {
  failures: number
  dueMs: number
  inFlight: boolean
}

export class DialPlan {
  readonly #self: string
  readonly #random: () => number
  readonly #attempts = new Map<string, Attempt>()
  #dueMs = Number.POSITIVE_INFINITY

  constructor(self: string, random: () => number) {
    this.#self = self
    this.#random = random
  }

  /** Members that are being dialled or were dialled in vain. */
  get size(): number {
    return this.#attempts.size
  }

  /** The edges that are wanted and do not stand. Whoever is no longer among them is dropped, its failures kept. */
  setWanted(ids: readonly string[], nowMs: number): void {
    this.#dueMs = Number.POSITIVE_INFINITY
    for (const id of ids) {
      const attempt = this.#attempts.get(id) ?? this.#begin(id, nowMs)
      if (!attempt.inFlight) this.#dueMs = Math.min(this.#dueMs, attempt.dueMs)
    }
  }

  dueMs(): number {
    return this.#dueMs
  }

  /** Whom of the wanted to dial now. */
  take(wanted: readonly string[], nowMs: number): string[] {
    const due = wanted.filter(id => {
      const attempt = this.#attempts.get(id)
      return attempt && !attempt.inFlight && attempt.dueMs <= nowMs
    })
    for (const id of due) this.dialling(id, nowMs)
    this.setWanted(wanted, nowMs)
    return due
  }

  /** A dial was begun, by this plan or past it. */
  dialling(id: string, nowMs: number): void {
    const attempt = this.#attempts.get(id) ?? this.#begin(id, nowMs)
    attempt.inFlight = true
  }

  succeeded(id: string): void {
    this.#attempts.delete(id)
  }

  failed(id: string, nowMs: number): void {
    const attempt = this.#attempts.get(id) ?? this.#begin(id, nowMs)
    const waitMs = Math.min(maxWaitMs, firstWaitMs * 2 ** attempt.failures) * (0.5 + this.#random())
    attempt.failures += 1
    attempt.inFlight = false
    attempt.dueMs = nowMs + waitMs
  }

  /** The member can be dialled elsewhere: what failed before may work now. */
  retryNow(id: string): void {
    const attempt = this.#attempts.get(id)
    if (attempt && !attempt.inFlight) this.#attempts.delete(id)
  }

  /** This member is in another network itself. */
  retryAllNow(): void {
    for (const id of [...this.#attempts.keys()]) this.retryNow(id)
  }

  forget(id: string): void {
    this.#attempts.delete(id)
  }

  hasFailed(id: string): boolean {
    return (this.#attempts.get(id)?.failures ?? 0) > 0
  }

  /** Whether the ring should go past it: neither end could dial for a while. */
  skips(id: string): boolean {
    return (this.#attempts.get(id)?.failures ?? 0) >= attemptsBeforeSkip
  }

  #begin(id: string, nowMs: number): Attempt {
    const dueMs = this.#self < id ? nowMs : nowMs + secondDialerDelayMs * (0.5 + this.#random())
    const attempt = { failures: 0, dueMs, inFlight: false }
    this.#attempts.set(id, attempt)
    return attempt
  }
}
