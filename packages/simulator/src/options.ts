/** Simulation options, validated once, before anything starts. */
import type { Cluster } from '@hearsay/core'
import type { Tuning } from '@hearsay/core/host'
import { type Delay, delayFault } from './delay.ts'

/** An app on one member. @returns a function to call when the process ends, if any */
export type App = (cluster: Cluster, name: string) => (() => void) | undefined

/** Options of `createSimulation`. Only `seed` is required. */
export interface SimulationOptions {
  /** An integer. Two simulations with equal options and equal calls do exactly the same. */
  readonly seed: number
  /** The number of members that start at once: m0, m1, … All others join through m0. 0 to 20,000. @default 0 */
  readonly members?: number
  /** The profile of the failure detector. @default 'lan' */
  readonly profile?: 'local' | 'lan' | 'wan'
  /** The network without faults. */
  readonly network?: {
    /** The time to deliver a frame. @default uniform from 1 to 5 ms */
    readonly delay?: Delay
  }
  /**
   * `joining`: the members start and find each other. `warm`: the members have known each other for long and are
   * connected; that saves the time that joining takes for thousands of members. @default 'joining'
   */
  readonly start?: 'joining' | 'warm'
  /** Runs on every member, once for each start of its process. */
  readonly app?: App
  /**
   * The secret of each member. Members connect only if one end proves a key that the other end accepts.
   *
   * @default none
   */
  readonly secret?: (name: string) => string
  /**
   * The name of the member that has the authority's key, as far as the keys of the cluster are concerned: no other member may
   * change them. @default all members may
   */
  readonly keyAuthority?: string
  /** Smaller bounds of the machine than the defaults, so that a test reaches them. */
  readonly tuning?: Tuning
  /** Bounds of the invariants; `off` checks none. @default the bounds of `InvariantOptions` */
  readonly invariants?: InvariantOptions | 'off'
}

/** Bounds of the invariants. */
export interface InvariantOptions {
  /** How long after a fault a member may still consider a healthy one dead, in milliseconds. @default 60_000 */
  readonly allowanceMs?: number
}

/** An option, or an argument of a fault, is invalid; the message says which. Nothing was changed. */
export class InvalidSimulationError extends Error {
  override readonly name = 'InvalidSimulationError'
}

/** @throws {InvalidSimulationError} */
export function checkSimulationOptions(options: SimulationOptions): void {
  const { seed, members = 0, profile = 'lan', network = {}, start = 'joining' } = options
  if (!Number.isSafeInteger(seed)) throw new InvalidSimulationError(`seed: ${seed} is no integer`)
  if (!Number.isInteger(members) || members < 0 || members > 20_000)
    throw new InvalidSimulationError(`members: ${members} is no integer from 0 to 20,000`)
  if (!['local', 'lan', 'wan'].includes(profile))
    throw new InvalidSimulationError(`profile: '${profile}' is none of local, lan, wan`)
  if (!['joining', 'warm'].includes(start))
    throw new InvalidSimulationError(`start: '${start}' is neither joining nor warm`)
  if (network.delay) checkDelay(network.delay)
}

/** @throws {InvalidSimulationError} */
export function checkDelay(delay: Delay): void {
  const fault = delayFault(delay)
  if (fault !== undefined) throw new InvalidSimulationError(`delay: ${fault}`)
}

/** @throws {InvalidSimulationError} */
export function checkRate(what: string, rate: number): void {
  if (!(rate >= 0 && rate <= 1)) throw new InvalidSimulationError(`${what}: ${rate} is no share from 0 to 1`)
}

/** @throws {InvalidSimulationError} */
export function checkDuration(what: string, ms: number): void {
  if (!(Number.isFinite(ms) && ms >= 0))
    throw new InvalidSimulationError(`${what}: ${ms} is no number of milliseconds ≥ 0`)
}
