/**
 * A member of the demo: the same member as `hearsay join` runs. The member reports to its parent process instead of printing.
 */
import type { Cluster } from '@hearsay/core'
import { roomName, type Shown } from '@hearsay/page/contract'
import { publishConnections } from '@hearsay/page/publish-connections'
import { leaveWithin } from '../member/lifecycle.ts'
import { followMembers } from '../member/member-events.ts'
import { startMember } from '../member/start-member.ts'
import type { Command, MemberSnapshot, Report } from './messages.ts'
import { cut, followSockets, restore } from './network-cut.ts'

const viewEveryMs = 250

// Ctrl-C in a terminal signals every process of the demo; only the parent decides what to do.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(0))
followSockets()

process.once('message', async (start: Command) => {
  if (start.order !== 'start') throw new Error('the first order is start')
  const cluster = await startMember(start.options)
  const { id, addresses, incarnation } = cluster.self
  report({ report: 'ready', id, addresses, incarnation })
  followMembers(cluster, ({ event, member: { id, name, incarnation, tags }, at }) =>
    report({ report: 'event', event, id, name, incarnation, tags, at }),
  )
  // A subscription makes the cluster refresh phi every second, also while no heartbeat arrives.
  cluster.heartbeats.subscribe(() => undefined)
  setInterval(() => report({ report: 'view', of: snapshotOthers(cluster) }), viewEveryMs)
  process.on('message', (order: Command) => void execute(cluster, order))
  publishConnections(cluster, await cluster.room<Shown>(roomName))
})

async function execute(cluster: Cluster, order: Command): Promise<void> {
  if (order.order === 'cut') cut()
  if (order.order === 'heal') restore()
  if (order.order === 'tag') cluster.update({ tags: { [order.key]: order.value } })
  if (order.order !== 'leave') return
  await leaveWithin(cluster)
  process.exit(0)
}

function snapshotOthers({ self, members, heartbeats }: Cluster): MemberSnapshot[] {
  const received = heartbeats.getSnapshot()
  const seen: MemberSnapshot[] = []
  for (const { id, name, status, attention } of members.getSnapshot()) {
    if (id === self.id) continue
    const heartbeat = received.get(id)
    const { receivedAtMs, phi, roundTripMs } = heartbeat ?? {}
    seen.push({
      name,
      status,
      isAsleep: attention.state === 'asleep',
      ...(receivedAtMs !== undefined && { receivedAtMs }),
      ...(phi !== undefined && { phi }),
      ...(roundTripMs !== undefined && { roundTripMs }),
    })
  }
  return seen
}

/** Does nothing if the parent has ended. */
function report(message: Report): void {
  process.send?.(message, () => undefined)
}
