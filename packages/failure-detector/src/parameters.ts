/** Knobs: every number a user may turn. Validated once; whatever is not here is derived by a named function. */
import { maxObservers } from './suspicion.ts'

export interface DetectorParameters {
  /** One probe is begun in each. Milliseconds, > 0. SWIM §3.1 calls it T′. */
  readonly probeIntervalMs: number
  /** How long a direct ack may take. Milliseconds, > 0 and < `probeIntervalMs`; the rest is for helpers. */
  readonly probeTimeoutMs: number
  /** Shortest suspicion, in intervals at N ≤ 10; it grows with log₁₀ N. 1…16. Lifeguard §V.C calls it α; memberlist: `SuspicionMult`. */
  readonly suspicionMult: number
  /**
   * How many further observers make a suspicion the shortest. Integer 0…15, whatever `suspicionMult` is. Lifeguard
   * §IV.B calls it K and takes 3; memberlist takes `SuspicionMult` − 2. @default 1 in `local`, 3 in `lan`, 4 in `wan`
   */
  readonly suspicionConfirmations: number
  /** Longest suspicion as a multiple of the shortest. ≥ 1; 1 = fixed. Lifeguard §V.C calls it β. @default 6 */
  readonly suspicionMaxMult: number
  /** How many helpers are asked about a silent member. Integer 0…16. SWIM §3.1 calls it k. @default 3 */
  readonly indirectProbes: number
  /** Where local health ends; interval and timeout stretch up to (1 + this)-fold. Integer ≥ 0; 0 = off. memberlist: `AwarenessMaxMultiplier` − 1. @default 7 */
  readonly maxLocalHealth: number
  /** Shortest suspicion when two observers were refused by the member's own machine. Milliseconds, > 0; Infinity = off. Our choice. @default 500 */
  readonly refusedFloorMs: number
  /** Called this much too late, a detector takes itself to have been away. Milliseconds, > 0; Infinity = off. Our choice. @default probeIntervalMs / 2 */
  readonly pauseThresholdMs: number
  /** How long after having been away no verdict is given. Milliseconds, ≥ 0. Our choice. @default 2 · probeIntervalMs */
  readonly pauseGraceMs: number
  /** Phi at which the silence of a member's heartbeats is a suspicion. > 0; Infinity = off. As in Akka and Cassandra. @default 8 */
  readonly phiThreshold: number
}

/**
 * `local`: one machine or rack; `lan`: one network; `wan`: the internet. The numbers are memberlist's, but for the
 * suspicions of `lan`: times 3 when 3 confirm, where memberlist has times 4 and 2. All monitors of a member look at
 * once when one of them suspects it, so one more voice costs little time, and makes up for the shorter wait.
 */
export type ProfileName = 'local' | 'lan' | 'wan'

type Pace = Pick<
  DetectorParameters,
  'probeIntervalMs' | 'probeTimeoutMs' | 'suspicionMult' | 'suspicionConfirmations'
>

const withDefaults = (pace: Pace, overrides: Partial<DetectorParameters>): DetectorParameters => {
  const probeIntervalMs = overrides.probeIntervalMs ?? pace.probeIntervalMs
  return {
    ...pace,
    suspicionMaxMult: 6,
    indirectProbes: 3,
    maxLocalHealth: 7,
    refusedFloorMs: 500,
    pauseThresholdMs: probeIntervalMs / 2,
    pauseGraceMs: 2 * probeIntervalMs,
    phiThreshold: 8,
    ...overrides,
  }
}

const paces: Readonly<Record<ProfileName, Pace>> = {
  local: { probeIntervalMs: 1_000, probeTimeoutMs: 200, suspicionMult: 3, suspicionConfirmations: 1 },
  lan: { probeIntervalMs: 1_000, probeTimeoutMs: 500, suspicionMult: 3, suspicionConfirmations: 3 },
  wan: { probeIntervalMs: 5_000, probeTimeoutMs: 3_000, suspicionMult: 6, suspicionConfirmations: 4 },
}

/** The knobs of each profile, complete. */
export const profiles: Readonly<Record<ProfileName, DetectorParameters>> = {
  local: withDefaults(paces.local, {}),
  lan: withDefaults(paces.lan, {}),
  wan: withDefaults(paces.wan, {}),
}

/**
 * SWIM as in the paper of 2002, to compare against: no local health, suspicions of fixed length, no care
 * for own absence, no hard evidence, no phi. Use as `knobs: plainSwim`.
 */
export const plainSwim: Readonly<Partial<DetectorParameters>> = {
  suspicionMaxMult: 1,
  maxLocalHealth: 0,
  refusedFloorMs: Infinity,
  pauseThresholdMs: Infinity,
  pauseGraceMs: 0,
  phiThreshold: Infinity,
}

const ranges: Readonly<
  Record<keyof DetectorParameters, { says: string; holds: (value: number) => boolean }>
> = {
  probeIntervalMs: { says: 'finite milliseconds > 0', holds: v => v > 0 && v < Infinity },
  probeTimeoutMs: { says: 'finite milliseconds > 0', holds: v => v > 0 && v < Infinity },
  suspicionMult: { says: 'a number from 1 to 16', holds: v => v >= 1 && v <= 16 },
  suspicionConfirmations: {
    says: 'an integer from 0 to 15',
    holds: v => Number.isInteger(v) && v >= 0 && v < maxObservers,
  },
  suspicionMaxMult: { says: 'a finite number ≥ 1', holds: v => v >= 1 && v < Infinity },
  indirectProbes: { says: 'an integer from 0 to 16', holds: v => Number.isInteger(v) && v >= 0 && v <= 16 },
  maxLocalHealth: { says: 'an integer ≥ 0', holds: v => Number.isInteger(v) && v >= 0 },
  refusedFloorMs: { says: 'milliseconds > 0', holds: v => v > 0 },
  pauseThresholdMs: { says: 'milliseconds > 0', holds: v => v > 0 },
  pauseGraceMs: { says: 'finite milliseconds ≥ 0', holds: v => v >= 0 && v < Infinity },
  phiThreshold: { says: 'a number > 0', holds: v => v > 0 },
}

/** A profile with overrides on top. Throws a `RangeError` that names the knob, its range and what it got. */
export function resolveParameters(
  profile: ProfileName,
  overrides: Partial<DetectorParameters>,
): DetectorParameters {
  const pace = Object.hasOwn(paces, profile) ? paces[profile] : undefined
  if (pace === undefined) throw new RangeError(`profile must be 'local', 'lan' or 'wan', not '${profile}'`)
  const parameters = withDefaults(pace, overrides)
  for (const [name, value] of Object.entries(parameters)) {
    const range = Object.hasOwn(ranges, name) ? ranges[name as keyof DetectorParameters] : undefined
    if (range === undefined) throw new RangeError(`'${name}' is no parameter of the detector`)
    if (!range.holds(value)) throw new RangeError(`${name} must be ${range.says}, not ${String(value)}`)
  }
  if (parameters.probeTimeoutMs >= parameters.probeIntervalMs)
    throw new RangeError(
      `probeTimeoutMs (${parameters.probeTimeoutMs}) must be below probeIntervalMs (${parameters.probeIntervalMs})`,
    )
  return parameters
}
