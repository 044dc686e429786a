/**
 * Dial plan: when to dial which member, until every wanted connection is open.
 *
 * At most one dial to a member is in flight. After each failure the wait doubles, up to `maxWaitMs`. Of two members that
 * want the same connection, the one with the smaller id dials first, the other after `secondDialerDelayMs`. Waits vary at
 * random by ±50 %. The failure of a dial does not count if the local network changed during the dial: the cause is the old
 * network.
 */
const firstWaitMs = 500
/**
 * The first wait, for dials that fail soon after a change of the local network. Our choice: a network often works
 * before its routes do.
 */
const firstEagerWaitMs = 100
const maxWaitMs = 30_000
const secondDialerDelayMs = 1_500
/**
 * For how long a member dials immediately after a change of its network: other members do not know its new address yet. Our
 * choice: longer than its old connections may stay silent (4 s).
 */
const eagerMs = 10_000
/** After this number of failed dials in a row the rings skip the member, until it connects or its addresses change. */
const attemptsBeforeSkip = 4

interface Attempt {
  failures: number
  dueMs: number
  inFlight: boolean
  /** The local network changed while the dial was in flight. */
  isOutdated: boolean
}

export class DialPlan {
  readonly #self: string
  readonly #random: () => number
  readonly #attempts = new Map<string, Attempt>()
  #dueMs = Number.POSITIVE_INFINITY
  /** Until then this member dials immediately, even if by the order of the ids the other end would dial first. */
  #eagerUntilMs = Number.NEGATIVE_INFINITY

  constructor(self: string, random: () => number) {
    this.#self = self
    this.#random = random
  }

  /** Whether the local network changed a moment ago. */
  isEager(nowMs: number): boolean {
    return nowMs < this.#eagerUntilMs
  }

  /** The number of members with a running or planned dial, or with failed dials. */
  get size(): number {
    return this.#attempts.size
  }

  /** Sets the wanted members that are not connected. Other members no longer have a due time; their failures are retained. */
  setWanted(ids: readonly string[], nowMs: number): void {
    this.#dueMs = Number.POSITIVE_INFINITY
    for (const id of ids) {
      const attempt = this.#attempts.get(id) ?? this.#begin(id, nowMs)
      if (!attempt.inFlight) this.#dueMs = Math.min(this.#dueMs, attempt.dueMs)
    }
  }

  /** When the next dial is due, in monotonic milliseconds; Infinity if none is. */
  dueMs(): number {
    return this.#dueMs
  }

  /** The wanted members to dial now; their dials count as begun. */
  take(wanted: readonly string[], nowMs: number): string[] {
    const due = wanted.filter(id => {
      const attempt = this.#attempts.get(id)
      return attempt && !attempt.inFlight && attempt.dueMs <= nowMs
    })
    for (const id of due) this.dialling(id, nowMs)
    this.setWanted(wanted, nowMs)
    return due
  }

  /** A dial was begun, by this plan or by another component. */
  dialling(id: string, nowMs: number): void {
    const attempt = this.#attempts.get(id) ?? this.#begin(id, nowMs)
    attempt.inFlight = true
  }

  succeeded(id: string): void {
    this.#attempts.delete(id)
  }

  /** @returns whether the failure counts; if not, the member is due now */
  failed(id: string, nowMs: number): boolean {
    const attempt = this.#attempts.get(id) ?? this.#begin(id, nowMs)
    attempt.inFlight = false
    if (attempt.isOutdated) {
      attempt.isOutdated = false
      attempt.dueMs = nowMs
      return false
    }
    const leastMs = this.isEager(nowMs) ? firstEagerWaitMs : firstWaitMs
    const waitMs = Math.min(maxWaitMs, leastMs * 2 ** attempt.failures) * (0.5 + this.#random())
    attempt.failures += 1
    attempt.dueMs = nowMs + waitMs
    return true
  }

  /**
   * Forgets the failed dials to a member, because its addresses changed. If a dial is in flight, its failure counts as the
   * first one: otherwise a member could always reset its count of failures by announcing new addresses.
   */
  retryNow(id: string): void {
    const attempt = this.#attempts.get(id)
    if (attempt?.inFlight) attempt.failures = 0
    else this.#attempts.delete(id)
  }

  /**
   * Forgets the failed dials to all members, because the local network changed. This member dials all wanted members
   * now: the other ends do not dial if they still regard the old connections as open.
   */
  retryAllNow(nowMs: number): void {
    this.#eagerUntilMs = nowMs + eagerMs
    for (const attempt of this.#attempts.values()) {
      attempt.isOutdated = attempt.inFlight
      attempt.failures = 0
      attempt.dueMs = nowMs
    }
  }

  forget(id: string): void {
    this.#attempts.delete(id)
  }

  /** Whether no dial to the member is in flight or has failed. */
  isUntried(id: string): boolean {
    const attempt = this.#attempts.get(id)
    return !attempt || (!attempt.inFlight && attempt.failures === 0)
  }

  hasFailed(id: string): boolean {
    return (this.#attempts.get(id)?.failures ?? 0) > 0
  }

  /** Whether the rings should skip the member, because several dials in a row failed. */
  skips(id: string): boolean {
    return (this.#attempts.get(id)?.failures ?? 0) >= attemptsBeforeSkip
  }

  #begin(id: string, nowMs: number): Attempt {
    const isFirst = this.#self < id || this.isEager(nowMs)
    const dueMs = isFirst ? nowMs : nowMs + secondDialerDelayMs * (0.5 + this.#random())
    const attempt = { failures: 0, dueMs, inFlight: false, isOutdated: false }
    this.#attempts.set(id, attempt)
    return attempt
  }
}
