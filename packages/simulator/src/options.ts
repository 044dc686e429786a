/** Options of a simulation, checked once, before anything starts. */
import type { Cluster } from '@hearsay/core'
import type { Tuning } from '@hearsay/core/host'
import { type Delay, delayFault } from './delay.ts'

/** An app on one member. @returns what is to be done when the process ends, if anything */
export type App = (cluster: Cluster, name: string) => (() => void) | undefined

export interface SimulationOptions {
  /** An integer. Two simulations with equal options and equal calls do exactly the same. */
  readonly seed: number
  /** How many start at once, called m0, m1, …; m0 is everybody's bootstrap. @default 0 */
  readonly members?: number
  /** Of the failure detector. @default 'lan' */
  readonly profile?: 'local' | 'lan' | 'wan'
  readonly network?: {
    /** How long a frame is under way. @default uniform from 1 to 5 ms */
    readonly delay?: Delay
  }
  /**
   * `joining`: the members find each other. `warm`: they have known each other for long, and the connections
   * stand; it saves the time that the joining of thousands takes. @default 'joining'
   */
  readonly start?: 'joining' | 'warm'
  /** Runs on every member, from each start of its process on. */
  readonly app?: App
  /** Bounds of the machine, smaller than what ships to make them felt. */
  readonly tuning?: Tuning
  readonly invariants?: InvariantOptions | 'off'
}

export interface InvariantOptions {
  /** How long after trouble a healthy member may still be held dead, in milliseconds. @default 60_000 */
  readonly allowanceMs?: number
}

/** An option, or an argument of a fault, is wrong; the message says which. Nothing was changed. */
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
