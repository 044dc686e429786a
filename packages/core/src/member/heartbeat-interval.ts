/** Beats: how often a heart beats. */

/**
 * `min(600 s, max(5 s, 0.5 s · N))`: a beat costs each member about 70 bytes once, so up to 1,200 members all beats
 * together cost each of them about 140 bytes a second, however many they are (ADR 5).
 */
export function heartbeatIntervalMs(members: number): number {
  return Math.min(600_000, Math.max(5_000, 500 * members))
}
