import type { DetectorEffect } from './effect.ts'
import type { DetectorInput } from './input.ts'
import { type DetectorKnobs, type ProfileName, resolveKnobs } from './knobs.ts'
import { Machine } from './machine.ts'
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
  awayUntilMs(): number
  /** Whom it probes now: the given subjects that are alive or suspect. */
  subjects(): readonly string[]
}

export interface DetectorOptions {
  /** This member's id. Not empty. */
  readonly self: string
  /** Uniform in [0, 1). Seed it, and a run can be replayed. */
  readonly random: () => number
  /** Where the members are. Chosen by whoever deploys. @default 'lan' */
  readonly profile?: ProfileName
  /** Single numbers on top of the profile. For experiments: see each knob. @default {} */
  readonly knobs?: Partial<DetectorKnobs>
  /** `shuffled`: each round in a new random order (SWIM §4.3). `given`: as `subjects` came. @default 'shuffled' */
  readonly probeOrder?: 'given' | 'shuffled'
  /**
   * Another detector, of `createDetector`, that knows the members already and is not used any more. What changes is
   * kept beside it, so thousands in one process, as in a simulation, share what all of them know.
   */
  readonly prior?: Detector
}

/** Throws a `RangeError` for a wrong option, naming it; no other call of the package throws. */
export function createDetector(options: DetectorOptions): Detector {
  const { self, random, profile = 'lan', knobs = {}, probeOrder = 'shuffled', prior } = options
  if (typeof self !== 'string' || self === '') throw new RangeError('self must be a member id, not empty')
  if (typeof random !== 'function') throw new RangeError('random must be a function that returns [0, 1)')
  if (probeOrder !== 'given' && probeOrder !== 'shuffled')
    throw new RangeError(`probeOrder must be 'given' or 'shuffled', not '${String(probeOrder)}'`)
  if (prior !== undefined && !(prior instanceof Machine))
    throw new RangeError('prior must be a detector that createDetector returned')
  return new Machine(self, random, resolveKnobs(profile, knobs), probeOrder, prior)
}
