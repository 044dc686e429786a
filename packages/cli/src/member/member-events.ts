/** Member events: the joins, changes and departures of other members, the same for text, JSON and the demo. */
import type { Cluster, ClusterEventType, Member } from '@hearsay/core'

export interface TimedMemberEvent {
  readonly event: ClusterEventType
  readonly member: Member
  /** Epoch milliseconds. */
  readonly at: number
}

const events: readonly ClusterEventType[] = ['join', 'update', 'suspect', 'recover', 'fail', 'leave']

/** Emits a join for each member that is here already, then each event. */
export function followMembers(cluster: Cluster, emit: (event: TimedMemberEvent) => void): void {
  for (const member of cluster.members.getSnapshot()) {
    const here = member.status === 'alive' || member.status === 'suspect'
    if (here && member.id !== cluster.self.id) emit({ event: 'join', member, at: Date.now() })
  }
  for (const event of events)
    cluster.events.addEventListener(event, ({ detail: member }) => emit({ event, member, at: Date.now() }))
}
