/** Refused peers: peers that broke the protocol too often, each until a time. The latest 1,024 are stored. */

const maxPeers = 1_024

export class RefusedPeers {
  /** Id → until when the peer is refused, in monotonic ms. */
  readonly #untilMs = new Map<string, number>()

  /** Refuses a peer for this long. */
  add(id: string, forMs: number): void {
    this.#untilMs.delete(id)
    this.#untilMs.set(id, performance.now() + forMs)
    const [oldest] = this.#untilMs.keys()
    if (this.#untilMs.size > maxPeers && oldest !== undefined) this.#untilMs.delete(oldest)
  }

  has(id: string): boolean {
    const untilMs = this.#untilMs.get(id)
    if (untilMs === undefined) return false
    if (performance.now() < untilMs) return true
    this.#untilMs.delete(id)
    return false
  }
}
