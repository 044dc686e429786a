/**
 * Handover events: the events of members after a view was attached again.
 *
 * A new member learns of all others once more, and emits a join for each. A view that shows the other as present already
 * emits none. A member that died or left in the meantime causes no event at the new member, so
 * the view emits the event itself.
 */
import type { Member } from '@hearsay/core'
import { clusterNumber, type PortEvent } from '../contract.ts'
import type { Table } from '../table.ts'

const isPresent = (status: unknown): boolean => status === 'alive' || status === 'suspect'

/**
 * @param replaced the members that the connection has now sent for the first time, as the view showed them before
 * @param members the members now
 * @param events the events of the same batch
 */
export function handoverEvents(
  replaced: Table,
  members: readonly Member[],
  events: readonly PortEvent[],
): readonly PortEvent[] {
  if (replaced.size === 0) return events
  const wasPresent = (id: string) => isPresent(replaced.get(id)?.['status'])
  const idOf = ([owner, , detail]: PortEvent) =>
    owner === clusterNumber ? (detail as Partial<Member>).id : undefined
  const departed = members.flatMap((member): PortEvent[] => {
    const { id, status } = member
    if (!wasPresent(id) || isPresent(status) || events.some(event => idOf(event) === id)) return []
    return [[clusterNumber, status === 'left' ? 'leave' : 'fail', member, undefined]]
  })
  return [...events.filter(event => event[1] !== 'join' || !wasPresent(idOf(event) ?? '')), ...departed]
}
