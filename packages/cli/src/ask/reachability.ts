/** `hearsay reachability`: how each member can be reached, whether it is connected, and when its last heartbeat arrived. */
import type { Cluster, Heartbeat, Member } from '@hearsay/core'
import { printable, shortId } from '../terminal/format.ts'
import { printJson } from '../terminal/output.ts'
import { firstHeartbeats } from './first-heartbeats.ts'
import { reachOf } from './reach.ts'

const timeoutMs = 2_000

/** @returns whether all members that are present are alive */
export async function reachability(cluster: Cluster, json: true | undefined): Promise<boolean> {
  let heartbeats: ReadonlyMap<string, Heartbeat> = new Map()
  const present = cluster.members
    .getSnapshot()
    .filter(({ id, status }) => id !== cluster.self.id && status !== 'left')
  if (present.length > 0) for await (heartbeats of firstHeartbeats(cluster, timeoutMs)) break
  const rows = present.map(member => rowOf(member, heartbeats.get(member.id)))
  if (json) for (const row of rows) printJson({ event: 'reachability', ...row, at: Date.now() })
  else if (rows.length === 0) console.log('no other member is known')
  else {
    const { printTable } = await import('../terminal/text-table.ts')
    await printTable(
      ['name', 'id', 'status', 'reach', 'connected', 'round trip', 'heartbeat'],
      rows.map(({ id, name, status, reach, connected, roundTripMs, heartbeatAgeMs }) => [
        printable(name),
        shortId(id),
        status,
        reach,
        connected ? 'yes' : 'no',
        roundTripMs === undefined ? '–' : `${roundTripMs.toFixed(1)} ms`,
        heartbeatAgeMs === undefined ? '–' : `${(heartbeatAgeMs / 1000).toFixed(1)} s ago`,
      ]),
    )
    const alive = present.filter(({ status }) => status === 'alive').length
    console.log(`${alive} of ${present.length} other members are alive`)
  }
  return present.every(({ status }) => status === 'alive')
}

const rowOf = ({ id, name, status, addresses }: Member, heartbeat: Heartbeat | undefined) => ({
  id,
  name,
  status,
  reach: reachOf(addresses),
  connected: heartbeat?.connected ?? false,
  roundTripMs: heartbeat?.roundTripMs,
  heartbeatAgeMs: heartbeat && Math.max(0, Date.now() - heartbeat.receivedAtMs),
})
