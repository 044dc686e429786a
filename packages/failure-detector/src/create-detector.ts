import type { Detector } from './detector.ts'
import { type DetectorParameters, type ProfileName, resolveParameters } from './parameters.ts'
import { SwimDetector } from './swim-detector.ts'

export interface DetectorOptions {
  /** This member's id. Not empty. */
  readonly self: string
  /** Uniform in [0, 1). Seed it, and a run can be replayed. */
  readonly random: () => number
  /** Where the members are. Chosen by whoever deploys. @default 'lan' */
  readonly profile?: ProfileName
  /** Single numbers on top of the profile. For experiments: see each knob. @default {} */
  readonly parameters?: Partial<DetectorParameters>
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
  const { self, random, profile = 'lan', parameters = {}, probeOrder = 'shuffled', prior } = options
  if (typeof self !== 'string' || self === '') throw new RangeError('self must be a member id, not empty')
  if (typeof random !== 'function') throw new RangeError('random must be a function that returns [0, 1)')
  if (probeOrder !== 'given' && probeOrder !== 'shuffled')
    throw new RangeError(`probeOrder must be 'given' or 'shuffled', not '${String(probeOrder)}'`)
  if (prior !== undefined && !(prior instanceof SwimDetector))
    throw new RangeError('prior must be a detector that createDetector returned')
  return new SwimDetector(self, random, resolveParameters(profile, parameters), probeOrder, prior)
}
