/** State, timers and queues stay within their bounds. */
import type { SimulatedMember } from '../simulated-member.ts'
import { InvariantViolation } from './violation.ts'

/** The driver's two, the face's, gossipsub's, and one to spare. */
const maxTimers = 5

export interface BoundsOptions {
  readonly maxMembers: number
  /** Ids that members have or had. */
  readonly ids: () => number
}

export function checkBounds(member: SimulatedMember, { maxMembers, ids }: BoundsOptions): void {
  const { machine, clock, links } = member
  require(member, 'members in the table', machine.table.size, maxMembers)
  require(member, 'timers', clock.pending, maxTimers)
  require(member, 'links', links.size, ids())
}

function require(member: SimulatedMember, what: string, value: number, bound: number): void {
  if (value > bound)
    throw new InvariantViolation(
      'bounds',
      `${member.name} has ${value} ${what}, at most ${bound} are allowed`,
    )
}
