import type { DetectorEffect } from './effect.ts'
import type { DetectorInput } from './input.ts'
import type { DetectorStatus } from './status.ts'

/**
 * One member's failure detector, as a value: it is told what happened and what time it is, and answers what
 * to do. Times are those of one monotonic clock, in milliseconds, and never run backwards.
 */
export interface Detector {
  /** Something happened. Returns what the host must do, in order. Never throws. */
  handle(input: DetectorInput, nowMs: number): DetectorEffect[]
  /** Time passed; call at `deadlineMs()` or soon after. Returns what the host must do, in order. Never throws. */
  advance(nowMs: number): DetectorEffect[]
  /** When `advance` wants to be called next, monotonic ms; Infinity when nothing is pending. Ask again after every call. */
  deadlineMs(): number
  /** How a member stands here; undefined for a stranger and for the detector itself. */
  status(id: string): DetectorStatus | undefined
  /** How unlikely the silence of a member's heartbeats is: −log₁₀ of its probability, ≥ 0, no unit. Undefined before the second beat. */
  phi(id: string, nowMs: number): number | undefined
  /** Doubt in itself: 0 (well) to `maxLocalHealth`, 7 by default. */
  localHealth(): number
  /** Until when verdicts are withheld because this member or its network was away, monotonic ms; −Infinity if never. */
  graceUntilMs(): number
  /** Whom it probes now: the given subjects that are alive or suspect. */
  subjects(): readonly string[]
}
