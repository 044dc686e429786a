/**
 * Conduct: what is held against a peer that breaks the rules.
 *
 * Each offence adds a point, a minute forgives one; at `maxPoints` the peer is to be disconnected. It is kept for
 * a bounded number of peers. What a peer relays in good faith, old or refused news, is no offence.
 */
const maxPoints = 5
const resetMs = 60_000
const maxPeers = 1_024

export type Violation = 'undecodable' | 'bad-signature'

export class PeerScore {
  readonly #records = new Map<string, { points: number; sinceMs: number }>()
  readonly #counts: Record<Violation, number> = { undecodable: 0, 'bad-signature': 0 }

  /** @returns whether it is enough. */
  report(id: string, violation: Violation, nowMs: number): boolean {
    this.#counts[violation] += 1
    const record = this.#records.get(id) ?? { points: 0, sinceMs: nowMs }
    const forgiven = Math.floor((nowMs - record.sinceMs) / resetMs)
    const points = Math.max(0, record.points - forgiven) + 1
    // The part of a minute that has passed counts towards the next point, while there is one to forgive.
    const sinceMs = points > 1 ? record.sinceMs + forgiven * resetMs : nowMs
    this.#records.delete(id)
    const enough = points >= maxPoints
    // Who was disconnected and comes back has one offence left.
    this.#records.set(id, { points: Math.min(points, maxPoints - 1), sinceMs })
    const [oldest] = this.#records.keys()
    if (this.#records.size > maxPeers && oldest !== undefined) this.#records.delete(oldest)
    return enough
  }

  violations(): Readonly<Record<Violation, number>> {
    return { ...this.#counts }
  }
}
