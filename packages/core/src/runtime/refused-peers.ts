/**
 * Refused peers: peers that broke the protocol too often, each until a time. The latest 1,024 are stored.
 *
 * There are two lists. The driver drops what still arrives from a refused peer. The admission gate admits no connection to it.
 */
import { setNewest } from '../base/oldest-first.ts'

const maxPeers = 1_024

export class RefusedPeers {
  /** Id → until when the peer is refused, in monotonic ms. */
  readonly #untilMs = new Map<string, number>()

  add(id: string, untilMs: number): void {
    setNewest(this.#untilMs, id, untilMs, maxPeers)
  }

  /** @param nowMs the time, asked for only if the peer was ever refused */
  has(id: string, nowMs: () => number): boolean {
    const untilMs = this.#untilMs.get(id)
    return untilMs !== undefined && nowMs() < untilMs
  }
}
