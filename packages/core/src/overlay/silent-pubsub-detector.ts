/**
 * Silent pubsub detector: finds connections without an open gossipsub stream.
 *
 * Gossipsub never reopens a stream that was aborted on a live connection, and emits no event. So a connection that has had
 * no stream for `graceMs` must be closed and dialled again.
 */
const graceMs = 5_000
/** Our choice: one minute, as for local pauses in the health. */
const recentMs = 60_000
/** Our choice: a member has at most 64 connections for its rooms. */
const maxRecent = 64

export class SilentPubsubDetector {
  readonly #silentSinceMs = new Map<string, number>()
  /** When connections were replaced, in monotonic milliseconds, oldest first. */
  #replacedMs: readonly number[] = []

  /**
   * @param silent the ids of the members that are connected without a pubsub stream now
   * @returns the ids whose connections should be replaced; each is returned once
   */
  takeOverdue(silent: readonly string[], nowMs: number): string[] {
    for (const id of this.#silentSinceMs.keys()) if (!silent.includes(id)) this.#silentSinceMs.delete(id)
    for (const id of silent) if (!this.#silentSinceMs.has(id)) this.#silentSinceMs.set(id, nowMs)
    const overdue = silent.filter(id => nowMs - (this.#silentSinceMs.get(id) ?? nowMs) >= graceMs)
    for (const id of overdue) this.#silentSinceMs.delete(id)
    if (overdue.length > 0)
      this.#replacedMs = [...this.#replacedMs, ...overdue.map(() => nowMs)].slice(-maxRecent)
    return overdue
  }

  /** The number of connections that were replaced within the last minute, at most 64. */
  recent(nowMs: number): number {
    return this.#replacedMs.filter(ms => nowMs - ms < recentMs).length
  }
}
