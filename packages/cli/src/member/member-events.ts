/** Told: what a member says of the others, the same words for people, for scripts and for the demo. */
import type { Cluster, ClusterEventType, Member } from '@hearsay/core'

export interface TimedMemberEvent {
  readonly event: ClusterEventType
  readonly member: Member
  /** Epoch milliseconds. */
  readonly at: number
}

const events: readonly ClusterEventType[] = ['join', 'update', 'suspect', 'recover', 'fail', 'leave']

/** Tells of everybody who is here already, then of each change. */
export function followMembers(cluster: Cluster, emit: (told: TimedMemberEvent) => void): void {
  for (const member of cluster.members.getSnapshot()) {
    const here = member.status === 'alive' || member.status === 'suspect'
    if (here && member.id !== cluster.self.id) emit({ event: 'join', member, at: Date.now() })
  }
  for (const event of events)
    cluster.events.addEventListener(event, ({ detail: member }) => emit({ event, member, at: Date.now() }))
}
