/** Member events: the joins, changes and departures of other members, the same for text, JSON and the demo. */
import type { Cluster, ClusterEventType, Json, Member } from '@hearsay/core'

export interface TimedMemberEvent {
  readonly event: ClusterEventType
  readonly member: Member
  /** Epoch milliseconds. */
  readonly at: number
}

/** A broadcast in the cluster, also of the followed member itself. */
export interface TimedBroadcast {
  readonly from: string
  /** The name of the member; undefined: it is not known. */
  readonly member: string | undefined
  readonly name: string
  readonly value: Json
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

export function followBroadcasts(
  { events, members }: Cluster,
  emit: (broadcast: TimedBroadcast) => void,
): void {
  events.addEventListener('broadcast', ({ detail }) => {
    const member = members.getSnapshot().find(({ id }) => id === detail.from)?.name
    emit({ ...detail, member, at: Date.now() })
  })
}
