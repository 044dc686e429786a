/**
 * Mute watch: finds connections over which gossipsub has fallen silent.
 *
 * A pubsub stream that is aborted on a live connection is never opened again, and nothing says so. A connection
 * that has been without one for `graceMs` is to be closed and dialled anew.
 */
const graceMs = 5_000

export class SilentPubsubDetector {
  readonly #silentSinceMs = new Map<string, number>()

  /** @returns the ids whose connection should be replaced. @param silent those connected without a pubsub stream now. */
  takeOverdue(silent: readonly string[], nowMs: number): string[] {
    for (const id of this.#silentSinceMs.keys()) if (!silent.includes(id)) this.#silentSinceMs.delete(id)
    for (const id of silent) if (!this.#silentSinceMs.has(id)) this.#silentSinceMs.set(id, nowMs)
    const lost = silent.filter(id => nowMs - (this.#silentSinceMs.get(id) ?? nowMs) >= graceMs)
    for (const id of lost) this.#silentSinceMs.delete(id)
    return lost
  }
}
