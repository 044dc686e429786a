/** A member of the demo: the same member as `hearsay join` runs, that reports to its parent instead of to people. */
import type { Cluster } from '@hearsay/core'
import { showLinks } from '@hearsay/page/connections'
import { roomName, type Shown } from '@hearsay/page/contract'
import { sayGoodbye } from '../member/lifecycle.ts'
import { tellOfOthers } from '../member/member-events.ts'
import { startMember } from '../member/start-member.ts'
import type { Order, Report, Seen } from './messages.ts'
import { followSockets, plugIn, pull } from './network-cut.ts'

const viewEveryMs = 250

// Ctrl-C in a terminal reaches every process of the demo; only the demo itself decides what happens then.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(0))
followSockets()

process.once('message', async (start: Order) => {
  if (start.order !== 'start') throw new Error('a member starts before all else')
  const cluster = await startMember(start.options)
  const { id, addresses, incarnation } = cluster.self
  report({ report: 'ready', id, addresses, incarnation })
  tellOfOthers(cluster, ({ event, member: { id, name, incarnation, tags }, at }) =>
    report({ report: 'sighting', event, id, name, incarnation, tags, at }),
  )
  // Watched, so that phi goes on growing while nothing is heard.
  cluster.heartbeats.subscribe(() => undefined)
  setInterval(() => report({ report: 'view', of: others(cluster) }), viewEveryMs)
  process.on('message', (order: Order) => void obey(cluster, order))
  showLinks(cluster, await cluster.room<Shown>(roomName))
})

async function obey(cluster: Cluster, order: Order): Promise<void> {
  if (order.order === 'cut') pull()
  if (order.order === 'heal') plugIn()
  if (order.order === 'tag') cluster.update({ tags: { [order.key]: order.value } })
  if (order.order !== 'leave') return
  await sayGoodbye(cluster)
  process.exit(0)
}

function others({ self, members, heartbeats }: Cluster): Seen[] {
  const heard = heartbeats.getSnapshot()
  const seen: Seen[] = []
  for (const { id, name, status } of members.getSnapshot()) {
    if (id === self.id) continue
    const heartbeat = heard.get(id)
    const { lastHeardMs, phi, roundTripMs } = heartbeat ?? {}
    seen.push({
      name,
      status,
      ...(lastHeardMs !== undefined && { lastHeardMs }),
      ...(phi !== undefined && { phi }),
      ...(roundTripMs !== undefined && { roundTripMs }),
    })
  }
  return seen
}

/** The parent may be gone by now; then there is nobody to tell. */
function report(message: Report): void {
  process.send?.(message, () => undefined)
}
