/** Invariant: state, timers and queues stay within their bounds. */
import type { SimulatedMember } from '../simulated-member.ts'
import { InvariantViolation } from './violation.ts'

/**
 * Two timers of the driver, one each of the cluster handle, the spaces, the queries and gossipsub, and one more as a
 * margin.
 */
const maxTimers = 7
/** Each space may have a timer of gossipsub, and each room a timer of the throttled presence. */
const maxTimersASpace = 2
/** The bound of the rumor batcher. */
const maxRumors = 4_096
/** The bound of the policy set. */
const maxPolicyFacts = 4_096

/** The bounds that depend on the simulation. */
export interface BoundsOptions {
  readonly maxMembers: number
  /** The number of ids that members have or had. */
  readonly ids: () => number
}

export function checkBounds(
  { name, machine, clock, gossip }: SimulatedMember,
  { maxMembers, ids }: BoundsOptions,
): void {
  const { members, tombstones, heartbeatArrivals, roundTrips, rumors, syncPeers, connections, dials } =
    machine.usage()
  const { policyFacts } = machine.usage()
  const known = ids()
  require(name, 'members', members, maxMembers)
  require(name, 'tombstones', tombstones, maxMembers)
  require(name, 'heartbeat arrivals', heartbeatArrivals, members)
  require(name, 'round trips', roundTrips, connections)
  require(name, 'facts waiting to be published', rumors, maxRumors)
  require(name, 'peers to exchange with', syncPeers, known)
  require(name, 'links', connections, known)
  require(name, 'members that it dials', dials, known)
  require(name, 'policy facts', policyFacts, maxPolicyFacts)
  require(name, 'timers', clock.pending, maxTimers + maxTimersASpace * gossip.spaces)
}

function require(name: string, what: string, value: number, bound: number): void {
  if (value > bound)
    throw new InvariantViolation('bounds', `${name} has ${value} ${what}, at most ${bound} are allowed`)
}
