/**
 * Peer score: counts the protocol violations of each peer.
 *
 * Each violation adds a point, and each minute removes one. At 5 points the peer is disconnected. Scores are stored for at
 * most 1,024 peers. Forwarding old or rejected facts is not a violation, because a peer may do that in good faith.
 */
const maxPoints = 5
const decayIntervalMs = 60_000
const maxPeers = 1_024

export type Violation = 'undecodable' | 'bad-signature'

export interface ViolationReporter {
  /** Logs and counts a protocol violation, and disconnects a peer with too many. */
  reportViolation(from: string, violation: Violation, detail: string): void
}

export class PeerScore {
  readonly #records = new Map<string, { points: number; sinceMs: number }>()
  readonly #counts: Record<Violation, number> = { undecodable: 0, 'bad-signature': 0 }

  /** Counts a violation. @returns whether to disconnect the peer */
  report(id: string, violation: Violation, nowMs: number): boolean {
    this.#counts[violation] += 1
    const record = this.#records.get(id) ?? { points: 0, sinceMs: nowMs }
    const expired = Math.floor((nowMs - record.sinceMs) / decayIntervalMs)
    const points = Math.max(0, record.points - expired) + 1
    // The elapsed part of a minute counts towards the removal of the next point, if there is one.
    const sinceMs = points > 1 ? record.sinceMs + expired * decayIntervalMs : nowMs
    this.#records.delete(id)
    const isExceeded = points >= maxPoints
    // A peer that was disconnected and reconnects reaches the limit again with its next violation.
    this.#records.set(id, { points: Math.min(points, maxPoints - 1), sinceMs })
    const [oldest] = this.#records.keys()
    if (this.#records.size > maxPeers && oldest !== undefined) this.#records.delete(oldest)
    return isExceeded
  }

  /** Violations so far, by kind, of all peers. */
  violations(): Readonly<Record<Violation, number>> {
    return { ...this.#counts }
  }
}
