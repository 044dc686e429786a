/** State, timers and queues stay within their bounds. */
import type { SimulatedMember } from '../simulated-member.ts'
import { InvariantViolation } from './violation.ts'

/** The driver's two, the face's, that of the spaces, gossipsub's, and one to spare. */
const maxTimers = 6
/** gossipsub's for a space that is heard of, and in a room what is told at a pace. */
const maxTimersASpace = 2
/** As the rumor buffer has it. */
const maxRumors = 4_096

export interface BoundsOptions {
  readonly maxMembers: number
  /** Ids that members have or had. */
  readonly ids: () => number
}

export function checkBounds(
  { name, machine, clock, gossip }: SimulatedMember,
  { maxMembers, ids }: BoundsOptions,
): void {
  const { members, tombstones, heartbeatArrivals, roundTrips, rumors, syncPeers, connections, dials } =
    machine.usage()
  const known = ids()
  require(name, 'members', members, maxMembers)
  require(name, 'tombstones', tombstones, maxMembers)
  require(name, 'heartbeat arrivals', heartbeatArrivals, members)
  require(name, 'round trips', roundTrips, connections)
  require(name, 'facts waiting to be published', rumors, maxRumors)
  require(name, 'peers to exchange with', syncPeers, known)
  require(name, 'links', connections, known)
  require(name, 'members that it dials', dials, known)
  require(name, 'timers', clock.pending, maxTimers + maxTimersASpace * gossip.spaces)
}

function require(name: string, what: string, value: number, bound: number): void {
  if (value > bound)
    throw new InvariantViolation('bounds', `${name} has ${value} ${what}, at most ${bound} are allowed`)
}
