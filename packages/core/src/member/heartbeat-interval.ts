/**
 * Heartbeat interval: the time between two heartbeats of one member.
 *
 * `min(600 s, max(5 s, 0.5 s · N))` for N members. Each member receives a heartbeat once, which takes about 70 bytes. So
 * with 10 to 1,200 members, the heartbeats of all members cost each member about 140 bytes per second, whatever N is
 * (ADR 5).
 *
 * @param members the number of alive or suspect members, including this one
 */
export function heartbeatIntervalMs(members: number): number {
  return Math.min(600_000, Math.max(5_000, 500 * members))
}
