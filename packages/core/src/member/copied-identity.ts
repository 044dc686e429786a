/**
 * Copied identity: another process signs as this member, because its storage was copied and both run.
 *
 * A record of this member that another process signed, ahead of this member's own, is answered by a record with a
 * greater incarnation. Two of them in a minute may be of earlier lives, whose clock was ahead or whose storage was
 * restored from a backup: they are answered at once. At the third there is a copy, which answers in its turn. From then
 * on each answer waits twice as long as the one before, up to a minute, so that the other members get about one record a
 * minute however long both run. Only a goodbye is answered at once, as this member stays. It is over when nothing of the
 * copy arrived for longer than both sides together may wait.
 */
const windowMs = 60_000
/** Our choice: one earlier life is common, two are rare, and a third within a minute is none. */
const maxEarlierProcesses = 2
const firstWaitMs = 1_000
const maxWaitMs = 60_000
/** Our choice: both waits and half a minute. */
const clearAfterMs = 2 * maxWaitMs + 30_000

export class CopiedIdentity {
  /** When incarnations of others arrived, within the last minute. */
  #arrivals: readonly number[] = []
  #greatest = -1
  #isCopied = false
  #waitMs = firstWaitMs
  #lastMs = Number.NEGATIVE_INFINITY
  /** The incarnation that is to be answered, and when. */
  #pending: { readonly incarnation: number; readonly dueMs: number } | undefined

  /** Whether another process runs with this identity, as far as is known. */
  get isCopied(): boolean {
    return this.#isCopied
  }

  /**
   * Something arrived that another process signed as this member: a record ahead of its own, or a heartbeat that it
   * never sent in its own incarnation.
   *
   * @returns whether to answer now; otherwise it is answered when it is due, if at all
   */
  recordArrived(incarnation: number, isLeaving: boolean, nowMs: number): boolean {
    this.#lastMs = nowMs
    const isAnswer = incarnation > this.#greatest
    if (isAnswer) {
      this.#greatest = incarnation
      this.#arrivals = [...this.#arrivals.filter(atMs => nowMs - atMs < windowMs), nowMs]
      this.#isCopied ||= this.#arrivals.length > maxEarlierProcesses
    }
    if (isLeaving || !this.#isCopied) {
      this.#pending = undefined
      return true
    }
    if (this.#pending) this.#pending = { ...this.#pending, incarnation: this.#greatest }
    else if (isAnswer) {
      this.#pending = { incarnation, dueMs: nowMs + this.#waitMs }
      this.#waitMs = Math.min(2 * this.#waitMs, maxWaitMs)
    }
    return false
  }

  /** A heartbeat of the copy arrived. */
  heartbeatArrived(nowMs: number): void {
    this.#lastMs = nowMs
  }

  /** @returns the incarnation to answer now, if one is due */
  takeDue(nowMs: number): number | undefined {
    if (this.#isCopied && nowMs - this.#lastMs >= clearAfterMs) this.#end()
    if (!this.#pending || this.#pending.dueMs > nowMs) return undefined
    const { incarnation } = this.#pending
    this.#pending = undefined
    return incarnation
  }

  nextMs(): number {
    const endMs = this.#isCopied ? this.#lastMs + clearAfterMs : Number.POSITIVE_INFINITY
    return Math.min(endMs, this.#pending?.dueMs ?? Number.POSITIVE_INFINITY)
  }

  #end(): void {
    this.#isCopied = false
    this.#arrivals = []
    this.#waitMs = firstWaitMs
  }
}
