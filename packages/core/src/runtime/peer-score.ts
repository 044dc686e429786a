/**
 * Peer score: counts the protocol violations of each peer.
 *
 * Each violation adds a point, and each minute removes one. At 5 points the peer is disconnected and refused for a minute.
 * Messages that the peer sent before the connection closed are dropped.
 * Scores are stored for at most 1,024 peers. Forwarding old or rejected facts is not a violation, because a peer may do that
 * in good faith. Exceeding a rate for a while is not a violation either: after a pause of this member, all messages
 * that it missed arrive together.
 */

import type { Clock } from '../base/clock.ts'
import { setNewest } from '../base/oldest-first.ts'
import { TokenBuckets } from '../base/token-buckets.ts'
import { RefusedPeers } from './refused-peers.ts'

/** How long a peer with too many violations is not admitted. Our choice: about as long as one point lasts. */
export const refusalMs = 60_000
const maxPoints = 5
const decayIntervalMs = 60_000
const maxPeers = 1_024

/**
 * How many bytes beyond the rates one peer may send. This member drops these bytes, and counts each message after them as a
 * violation. Our choice: an honest member sends at most half of each rate, so even what it sends during a pause of this
 * member stays below this limit.
 */
const excessRate = { burst: 8_388_608, refillMs: 1_000 / 524_288, maxKeys: maxPeers }

export type Violation = 'undecodable' | 'bad-signature' | 'flood'

export interface ViolationReporter {
  /** Logs and counts a protocol violation. Disconnects a peer with too many violations, and refuses it for a while. */
  reportViolation(from: string, violation: Violation, detail: string): void
  /** Counts bytes beyond a rate. More bytes than an honest peer can send are a violation. */
  reportExcess(from: string, bytes: number): void
}

export class PeerScore {
  readonly #records = new Map<string, { points: number; sinceMs: number }>()
  readonly #counts: Record<Violation, number> = { undecodable: 0, 'bad-signature': 0, flood: 0 }
  readonly #refused = new RefusedPeers()
  readonly #excess = new TokenBuckets(excessRate)

  /** Counts a violation. @returns whether to disconnect the peer */
  report(id: string, violation: Violation, nowMs: number): boolean {
    this.#counts[violation] += 1
    const record = this.#records.get(id) ?? { points: 0, sinceMs: nowMs }
    const expired = Math.floor((nowMs - record.sinceMs) / decayIntervalMs)
    const points = Math.max(0, record.points - expired) + 1
    // The elapsed part of a minute counts towards the removal of the next point, if there is one.
    const sinceMs = points > 1 ? record.sinceMs + expired * decayIntervalMs : nowMs
    const isExceeded = points >= maxPoints
    // A peer that was disconnected and reconnects reaches the limit again with its next violation.
    setNewest(this.#records, id, { points: Math.min(points, maxPoints - 1), sinceMs }, maxPeers)
    if (isExceeded) this.#refused.add(id, nowMs + refusalMs)
    return isExceeded
  }

  /** Whether the peer is refused now. */
  isRefused(id: string, clock: Pick<Clock, 'now'>): boolean {
    return this.#refused.has(id, () => clock.now().monotonicMs)
  }

  /** Counts bytes beyond a rate. @returns whether an honest peer may have sent this many */
  isTolerable(id: string, excessBytes: number, nowMs: number): boolean {
    return this.#excess.take(id, nowMs, { cost: excessBytes })
  }

  /** Violations so far, by kind, of all peers. */
  violations(): Readonly<Record<Violation, number>> {
    return { ...this.#counts }
  }
}
