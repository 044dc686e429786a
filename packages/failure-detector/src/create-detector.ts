/** Create detector: checks the options, and makes the detector of one member. */
import type { Detector } from './detector.ts'
import { type DetectorParameters, type ProfileName, resolveParameters } from './parameters.ts'
import { SwimDetector } from './swim-detector.ts'

/** Options of `createDetector`. */
export interface DetectorOptions {
  /** The local member's id. Not empty. */
  readonly self: string
  /** Returns uniform random numbers in [0, 1). A seeded generator makes a run repeatable. */
  readonly random: () => number
  /** The network between the members. @default 'lan' */
  readonly profile?: ProfileName
  /** Replaces single parameters of the profile. Meant for experiments. @default {} */
  readonly parameters?: Partial<DetectorParameters>
  /**
   * `shuffled`: each round probes the subjects in a new random order (SWIM §4.3). `given`: in the order of the `subjects`
   * input. @default 'shuffled'
   */
  readonly probeOrder?: 'given' | 'shuffled'
  /**
   * Another detector made by `createDetector`. This detector starts with the members of the prior, which must not be
   * used any more. This detector stores only differences from the prior, so that thousands of detectors in one process,
   * as in a simulation, share the memory. @default no members
   */
  readonly prior?: Detector
}

/**
 * Creates a detector that knows no members, or the members of `prior`.
 *
 * @throws RangeError that names a wrong option; the detector's own methods never throw
 */
export function createDetector(options: DetectorOptions): Detector {
  const { self, random, profile = 'lan', parameters = {}, probeOrder = 'shuffled', prior } = options
  if (typeof self !== 'string' || self === '') throw new RangeError('self must be a member id, not empty')
  if (typeof random !== 'function') throw new RangeError('random must be a function that returns [0, 1)')
  if (probeOrder !== 'given' && probeOrder !== 'shuffled')
    throw new RangeError(`probeOrder must be 'given' or 'shuffled', not '${String(probeOrder)}'`)
  if (prior !== undefined && !(prior instanceof SwimDetector))
    throw new RangeError('prior must be a detector that createDetector returned')
  return new SwimDetector(self, random, resolveParameters(profile, parameters), probeOrder, prior)
}
