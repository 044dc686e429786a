/** Heartbeats: their interval, and when they arrived. */

/**
 * The time between two heartbeats of one member.
 *
 * `min(600 s, max(5 s, 0.5 s · N))` for N members. Each member receives a heartbeat once, which takes about 70 bytes.
 * So with 10 to 1,200 members, the heartbeats of all members cost each member about 140 bytes per second, independent
 * of N (ADR 5).
 *
 * @param members the number of alive or suspect members, including this one
 */
export function heartbeatIntervalMs(members: number): number {
  return Math.min(600_000, Math.max(5_000, 500 * members))
}

/** When the last heartbeat of each member arrived, in epoch milliseconds by the local clock. */
export class HeartbeatArrivals {
  readonly #receivedEpochMs = new Map<string, number>()

  get size(): number {
    return this.#receivedEpochMs.size
  }

  receivedEpochMs(id: string): number | undefined {
    return this.#receivedEpochMs.get(id)
  }

  record(id: string, epochMs: number): void {
    this.#receivedEpochMs.set(id, epochMs)
  }

  forget(id: string): void {
    this.#receivedEpochMs.delete(id)
  }
}
