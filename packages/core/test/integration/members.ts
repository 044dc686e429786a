/** Members over real sockets: they join on loopback and leave at the end of each test. Tests wait for their events. */

import { until } from '../../../../test/helpers/until.ts'
import type { Cluster } from '../../src/api/cluster.ts'
import type { JoinOptions } from '../../src/libp2p/join-options.ts'
import { joinCluster } from '../../src/libp2p/node/join-cluster.ts'
import type { ClusterEventType, Member } from '../../src/member/member.ts'

export const loopback = '/ip4/127.0.0.1/tcp/0'

const clusters: Cluster[] = []

export async function join(options: JoinOptions): Promise<Cluster> {
  const cluster = await joinCluster({ listen: [loopback], mdns: false, ...options })
  clusters.push(cluster)
  return cluster
}

/** The first member joins, then the others through it. */
export async function joinMany(cluster: string, count: number): Promise<[Cluster, ...Cluster[]]> {
  const first = await join({ cluster, name: 'm0' })
  const bootstrap = first.self.addresses
  const names = Array.from({ length: count - 1 }, (_, i) => `m${i + 1}`)
  return [first, ...(await Promise.all(names.map(name => join({ cluster, name, bootstrap }))))]
}

export async function leaveAll(): Promise<void> {
  await Promise.all(clusters.splice(0).map(cluster => cluster.leave()))
}

/** Resolves when all members see this number of members alive. */
export async function untilAllSee(members: readonly Cluster[], count: number): Promise<void> {
  await Promise.all(members.map(member => until(member.members, all => alive(all).length === count)))
}

export function alive(members: readonly Member[]): readonly Member[] {
  return members.filter(({ status }) => status === 'alive')
}

export interface ReceivedEvent {
  readonly type: ClusterEventType
  readonly name: string
  readonly incarnation: number
}

const eventTypes = ['join', 'update', 'suspect', 'recover', 'fail', 'leave'] as const

/** All events of a cluster from now on. */
export function listenTo(cluster: Cluster): ReceivedEvent[] {
  const received: ReceivedEvent[] = []
  for (const type of eventTypes)
    cluster.events.addEventListener(type, ({ detail: { name, incarnation } }) => {
      received.push({ type, name, incarnation })
    })
  return received
}

/** Resolves with the member of the next event of this type. */
export function next(cluster: Cluster, type: ClusterEventType): Promise<Member> {
  return new Promise(resolve => {
    cluster.events.addEventListener(type, ({ detail }) => resolve(detail), { once: true })
  })
}
