/**
 * Table agreement: which connected members have the same table, as the exchanges with them showed.
 *
 * An approximation of convergence: two tables are compared only when an exchange takes place, every few seconds for each
 * connected member, and members that are not connected are not compared.
 */

/** Our choice: more than the number of connected members. */
const maxPeers = 4_096

export class TableAgreement {
  readonly outcomes: Record<'equal' | 'different', number> = { equal: 0, different: 0 }
  /** Connected members whose table differs → since when, in monotonic ms. */
  readonly #differentSinceMs = new Map<string, number>()

  compared(id: string, areEqual: boolean, nowMs: number): void {
    this.outcomes[areEqual ? 'equal' : 'different'] += 1
    if (areEqual) this.#differentSinceMs.delete(id)
    else if (!this.#differentSinceMs.has(id) && this.#differentSinceMs.size < maxPeers)
      this.#differentSinceMs.set(id, nowMs)
  }

  /** The connection to this member closed. */
  closed(id: string): void {
    this.#differentSinceMs.delete(id)
  }

  /** For how long some connected member has had another table; 0 if none has. */
  disagreementMs(nowMs: number): number {
    return nowMs - Math.min(nowMs, ...this.#differentSinceMs.values())
  }
}
