/**
 * Mute watch: finds connections over which gossipsub has fallen silent.
 *
 * A pubsub stream that is aborted on a live connection is never opened again, and nothing says so. A connection
 * that has been without one for `graceMs` is to be closed and dialled anew.
 */
const graceMs = 5_000

export class MuteWatch {
  readonly #muteSinceMs = new Map<string, number>()

  /** @returns the ids whose connection should be replaced. @param mute those connected without a pubsub stream now. */
  look(mute: readonly string[], nowMs: number): string[] {
    for (const id of this.#muteSinceMs.keys()) if (!mute.includes(id)) this.#muteSinceMs.delete(id)
    for (const id of mute) if (!this.#muteSinceMs.has(id)) this.#muteSinceMs.set(id, nowMs)
    const lost = mute.filter(id => nowMs - (this.#muteSinceMs.get(id) ?? nowMs) >= graceMs)
    for (const id of lost) this.#muteSinceMs.delete(id)
    return lost
  }
}
