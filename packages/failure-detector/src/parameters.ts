/** Parameters: every number that a user may set, validated once. All other numbers follow by named functions. */
import { maxObservers } from './suspicion.ts'

/** The detector's parameters. */
export interface DetectorParameters {
  /**
   * The detector begins one probe per interval. Finite milliseconds > 0. SWIM §3.1 calls it T′. Raising it slows
   * detection and all suspicions in proportion; lowering it raises traffic and false suspicions.
   * @default 1,000 in `local` and `lan`, 5,000 in `wan`
   */
  readonly probeIntervalMs: number
  /**
   * How long the detector waits for a direct ack; the rest of the interval is for indirect probes. Finite milliseconds
   * > 0 and < `probeIntervalMs`. Raising it leaves less time for indirect probes; lowering it below the round-trip time
   * causes indirect probes of healthy members.
   * @default 200 in `local`, 500 in `lan`, 3,000 in `wan`
   */
  readonly probeTimeoutMs: number
  /**
   * The shortest suspicion in a cluster of at most 10 members, in probe intervals. In a larger cluster, the shortest
   * suspicion grows with log₁₀ of the cluster size. 1 to 16.
   * Lifeguard §V.C calls it α, memberlist `SuspicionMult`. Raising it gives a suspect more time to refute and delays
   * death; lowering it risks false deaths.
   * @default 3 in `local` and `lan`, 6 in `wan`
   */
  readonly suspicionMult: number
  /**
   * How many further observers shorten a suspicion to the shortest; all others, if fewer exist. Integer from 0 to 15.
   * Lifeguard §IV.B calls it K and takes 3; memberlist takes `SuspicionMult` − 2. Raising it delays death unless many
   * members observe; 0 makes every suspicion the shortest.
   * @default 1 in `local`, 3 in `lan`, 4 in `wan`
   */
  readonly suspicionConfirmations: number
  /**
   * The longest suspicion as a multiple of the shortest. Finite, ≥ 1; 1 makes all suspicions equally long. Lifeguard
   * §V.C calls it β. Raising it protects members that a single observer suspects; lowering it detects sooner with few
   * observers.
   * @default 6
   */
  readonly suspicionMaxMult: number
  /**
   * How many proxies the detector asks to probe a silent member. Integer from 0 to 16. SWIM §3.1 calls it k. Raising it
   * tolerates more loss and costs messages; 0 turns indirect probes off.
   * @default 3
   */
  readonly indirectProbes: number
  /**
   * The upper bound of local health; interval and timeout stretch up to (1 + this)-fold. Integer ≥ 0; 0 turns local
   * health off. memberlist: `AwarenessMaxMultiplier` − 1. Raising it makes a slow member more cautious and slower to
   * detect failures; lowering it lets a slow member suspect healthy ones.
   * @default 7
   */
  readonly maxLocalHealth: number
  /**
   * The shortest suspicion after the member's machine has refused two observers, or one if no other member is alive that
   * could be the second. Milliseconds > 0; Infinity turns it off.
   * Our choice. Raising it delays the death of a crashed process; lowering it leaves a restarted process less time to
   * publish its record.
   * @default 500
   */
  readonly refusedFloorMs: number
  /**
   * A call that is later than this shows a local pause. Milliseconds > 0; Infinity turns the check off. Our choice.
   * Raising it lets a paused member suspect others by old timers; lowering it makes ordinary lateness count as a pause.
   * @default probeIntervalMs / 2
   */
  readonly pauseThresholdMs: number
  /**
   * How long after a local pause or an outage of the local network the detector neither suspects a member nor declares it
   * dead. Finite milliseconds ≥ 0. Our choice. Raising it delays detection after a pause; lowering it leaves less time to
   * read waiting messages.
   * @default 2 · probeIntervalMs
   */
  readonly pauseGraceMs: number
  /**
   * The phi of a member's heartbeats at which the detector suspects the member. > 0; Infinity turns it off. As in Akka
   * and Cassandra. Raising it tolerates longer silence; lowering it causes false suspicions.
   * @default 8
   */
  readonly phiThreshold: number
}

/**
 * `local`: one machine or rack; `lan`: one network; `wan`: the internet. The numbers are memberlist's, except for the
 * suspicions of `lan`: `suspicionMult` 3 with 3 confirmations, where memberlist has 4 and 2. All monitors of a member
 * probe it at once when one of them suspects it, so a third confirmation takes little time and makes up for the
 * shorter suspicion.
 */
export type ProfileName = 'local' | 'lan' | 'wan'

type ProfileParameters = Pick<
  DetectorParameters,
  'probeIntervalMs' | 'probeTimeoutMs' | 'suspicionMult' | 'suspicionConfirmations'
>

const withDefaults = (
  profile: ProfileParameters,
  overrides: Partial<DetectorParameters>,
): DetectorParameters => {
  const probeIntervalMs = overrides.probeIntervalMs ?? profile.probeIntervalMs
  return {
    ...profile,
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

const profileParameters: Readonly<Record<ProfileName, ProfileParameters>> = {
  local: { probeIntervalMs: 1_000, probeTimeoutMs: 200, suspicionMult: 3, suspicionConfirmations: 1 },
  lan: { probeIntervalMs: 1_000, probeTimeoutMs: 500, suspicionMult: 3, suspicionConfirmations: 3 },
  wan: { probeIntervalMs: 5_000, probeTimeoutMs: 3_000, suspicionMult: 6, suspicionConfirmations: 4 },
}

/** All parameters of each profile. */
export const profiles: Readonly<Record<ProfileName, DetectorParameters>> = {
  local: withDefaults(profileParameters.local, {}),
  lan: withDefaults(profileParameters.lan, {}),
  wan: withDefaults(profileParameters.wan, {}),
}

/**
 * SWIM as in the paper of 2002, for comparison: no local health, suspicions of fixed length, no detection of local
 * pauses, no refused dials, no phi. Use it as `parameters: plainSwim`.
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
  Record<keyof DetectorParameters, { text: string; contains: (value: number) => boolean }>
> = {
  probeIntervalMs: { text: 'finite milliseconds > 0', contains: v => v > 0 && v < Infinity },
  probeTimeoutMs: { text: 'finite milliseconds > 0', contains: v => v > 0 && v < Infinity },
  suspicionMult: { text: 'a number from 1 to 16', contains: v => v >= 1 && v <= 16 },
  suspicionConfirmations: {
    text: 'an integer from 0 to 15',
    contains: v => Number.isInteger(v) && v >= 0 && v < maxObservers,
  },
  suspicionMaxMult: { text: 'a finite number ≥ 1', contains: v => v >= 1 && v < Infinity },
  indirectProbes: {
    text: 'an integer from 0 to 16',
    contains: v => Number.isInteger(v) && v >= 0 && v <= 16,
  },
  maxLocalHealth: { text: 'an integer ≥ 0', contains: v => Number.isInteger(v) && v >= 0 },
  refusedFloorMs: { text: 'milliseconds > 0', contains: v => v > 0 },
  pauseThresholdMs: { text: 'milliseconds > 0', contains: v => v > 0 },
  pauseGraceMs: { text: 'finite milliseconds ≥ 0', contains: v => v >= 0 && v < Infinity },
  phiThreshold: { text: 'a number > 0', contains: v => v > 0 },
}

/**
 * A profile with overrides.
 *
 * @throws RangeError that names the parameter, its range and the wrong value
 */
export function resolveParameters(
  profile: ProfileName,
  overrides: Partial<DetectorParameters>,
): DetectorParameters {
  const base = Object.hasOwn(profileParameters, profile) ? profileParameters[profile] : undefined
  if (base === undefined) throw new RangeError(`profile must be 'local', 'lan' or 'wan', not '${profile}'`)
  const parameters = withDefaults(base, overrides)
  for (const [name, value] of Object.entries(parameters)) {
    const range = Object.hasOwn(ranges, name) ? ranges[name as keyof DetectorParameters] : undefined
    if (range === undefined) throw new RangeError(`'${name}' is no parameter of the detector`)
    if (!range.contains(value)) throw new RangeError(`${name} must be ${range.text}, not ${String(value)}`)
  }
  if (parameters.probeTimeoutMs >= parameters.probeIntervalMs)
    throw new RangeError(
      `probeTimeoutMs (${parameters.probeTimeoutMs}) must be below probeIntervalMs (${parameters.probeIntervalMs})`,
    )
  return parameters
}
