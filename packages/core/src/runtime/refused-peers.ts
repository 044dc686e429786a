/** Refused peers: peers that broke the protocol too often, each until a time. The latest 1,024 are stored. */

const maxPeers = 1_024

export class RefusedPeers {
  /** Id → until when the peer is refused, in monotonic ms. */
  readonly #untilMs = new Map<string, number>()

  add(id: string, untilMs: number): void {
    this.#untilMs.delete(id)
    this.#untilMs.set(id, untilMs)
    const [oldest] = this.#untilMs.keys()
    if (this.#untilMs.size > maxPeers && oldest !== undefined) this.#untilMs.delete(oldest)
  }

  /** @param nowMs the time, asked for only if the peer was ever refused */
  has(id: string, nowMs: () => number): boolean {
    const untilMs = this.#untilMs.get(id)
    return untilMs !== undefined && nowMs() < untilMs
  }
}
