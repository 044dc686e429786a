/** Heartbeats: their interval, and when they arrived. */
import { type Instant, redated } from '../base/clock.ts'

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

/** When the last heartbeat of each member arrived. */
export class HeartbeatArrivals {
  readonly #received = new Map<string, Instant>()

  get size(): number {
    return this.#received.size
  }

  /** In epoch milliseconds by the local clock, as it is set now. */
  receivedEpochMs(id: string, now: Instant): number | undefined {
    const received = this.#received.get(id)
    return received && redated(received, now).epochMs
  }

  record(id: string, now: Instant): void {
    this.#received.set(id, now)
  }

  forget(id: string): void {
    this.#received.delete(id)
  }
}
