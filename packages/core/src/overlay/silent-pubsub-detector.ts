/**
 * Silent pubsub detector: finds connections without an open gossipsub stream.
 *
 * Gossipsub never reopens a stream that was aborted on a live connection, and emits no event. So a connection that has had
 * no stream for `graceMs` must be closed and dialled again.
 */
const graceMs = 5_000

export class SilentPubsubDetector {
  readonly #silentSinceMs = new Map<string, number>()

  /**
   * @param silent the ids of the members that are connected without a pubsub stream now
   * @returns the ids whose connections should be replaced; each is returned once
   */
  takeOverdue(silent: readonly string[], nowMs: number): string[] {
    for (const id of this.#silentSinceMs.keys()) if (!silent.includes(id)) this.#silentSinceMs.delete(id)
    for (const id of silent) if (!this.#silentSinceMs.has(id)) this.#silentSinceMs.set(id, nowMs)
    const overdue = silent.filter(id => nowMs - (this.#silentSinceMs.get(id) ?? nowMs) >= graceMs)
    for (const id of overdue) this.#silentSinceMs.delete(id)
    return overdue
  }
}
