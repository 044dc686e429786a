/** Detector: the interface between a detector and its host. */
import type { DetectorEffect } from './effect.ts'
import type { DetectorInput } from './input.ts'
import type { DetectorStatus } from './status.ts'

/**
 * One member's failure detector: a state machine without timers and sockets. The host passes inputs and the time, and
 * carries out the effects that each call returns. Times are milliseconds of one monotonic clock and never run backwards.
 */
export interface Detector {
  /** Handles one input. Returns the effects that the host must carry out in order. Never throws. */
  handle(input: DetectorInput, nowMs: number): DetectorEffect[]
  /**
   * Handles the passage of time. The host calls it at `deadlineMs()` or soon after. Returns the effects that the host must
   * carry out in order. Never throws.
   */
  advance(nowMs: number): DetectorEffect[]
  /**
   * When the host must call `advance` next, monotonic ms; Infinity when nothing is pending. Each call of `handle` or
   * `advance` may change it.
   */
  deadlineMs(): number
  /**
   * A member's status at this detector, up to date with the effects of the last call; undefined for an unknown member and for
   * the local member.
   */
  status(id: string): DetectorStatus | undefined
  /**
   * How unlikely the time since a member's last heartbeat is: −log₁₀ of its probability, ≥ 0, no unit. Undefined before the
   * second heartbeat.
   */
  phi(id: string, nowMs: number): number | undefined
  /** Local health: 0 (healthy) to `maxLocalHealth`, 7 by default. A higher score means slower probes. */
  localHealth(): number
  /**
   * Until when the detector neither suspects a member nor declares it dead, after a local pause or an outage of the local
   * network. Monotonic ms; −Infinity if never.
   */
  graceUntilMs(): number
  /** The ids that the detector probes now: the given subjects that are alive or suspect. */
  subjects(): readonly string[]
}
