/**
 * Copied identity: detects that another process signs as this member, because the storage was copied and both processes
 * run.
 *
 * A foreign record is a record in this member's name that is ahead of its own record. This member answers a foreign record by
 * a record with a greater incarnation. Two foreign records within a minute may come from earlier processes whose clock was
 * ahead, or from a storage that was restored from a backup: this member answers them immediately. A third foreign record
 * within a minute proves that the other process still runs and answers. From then on this member doubles the wait before each
 * answer, up to a minute, so that the other members receive about one record per minute while both processes run. If the copy
 * leaves the cluster, this member answers immediately: otherwise the other members would consider this member as left, too.
 * When no fact of the copy has arrived for 150 s, this member treats the copy as ended. That time is longer than the longest
 * waits of both processes together.
 */
const windowMs = 60_000
/** Our choice: records of one earlier process are common, of two are rare, and a third one within a minute is a copy. */
const maxEarlierProcesses = 2
const firstWaitMs = 1_000
const maxWaitMs = 60_000
/** Our choice: the longest waits of both processes plus 30 s. */
const clearAfterMs = 2 * maxWaitMs + 30_000

export class CopiedIdentity {
  /** When foreign incarnations of this member arrived, within the last minute. */
  #arrivals: readonly number[] = []
  #greatest = -1
  #isCopied = false
  #waitMs = firstWaitMs
  #lastMs = Number.NEGATIVE_INFINITY
  /** The incarnation to answer, and the time of the answer. */
  #pending: { readonly incarnation: number; readonly dueMs: number } | undefined

  /** Whether another process with this identity was detected. */
  get isCopied(): boolean {
    return this.#isCopied
  }

  /**
   * A fact arrived that another process signed as this member: a record ahead of the local one, or a heartbeat of the
   * local incarnation that this process did not send.
   *
   * @returns whether to answer now; otherwise `takeDue` returns the incarnation when an answer is due
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

  /** A heartbeat of the copy arrived, in a greater incarnation. */
  heartbeatArrived(nowMs: number): void {
    this.#lastMs = nowMs
  }

  /** @returns the incarnation to answer now; undefined if none is due */
  takeDue(nowMs: number): number | undefined {
    if (this.#isCopied && nowMs - this.#lastMs >= clearAfterMs) this.#end()
    if (!this.#pending || this.#pending.dueMs > nowMs) return undefined
    const { incarnation } = this.#pending
    this.#pending = undefined
    return incarnation
  }

  /** When to call `takeDue`, in monotonic milliseconds. */
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
