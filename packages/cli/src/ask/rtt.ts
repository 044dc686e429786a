/** `hearsay rtt`: the round-trip time to a member that is connected directly. */
import type { Cluster, Heartbeat } from '@hearsay/core'
import { printable, shortId } from '../terminal/format.ts'
import { printError, printJson } from '../terminal/output.ts'
import { firstHeartbeats } from './first-heartbeats.ts'

/** Our choice: one connected member is measured a second, those that were measured least often first. */
const timeoutMs = 5_000

/** @returns whether the time is known */
export async function roundTrip(cluster: Cluster, id: string, json: true | undefined): Promise<boolean> {
  const member = cluster.members.getSnapshot().find(each => each.id === id)
  const name = member ? `${printable(member.name)} ${shortId(id)}` : printable(id)
  const heartbeat = await measured(cluster, id)
  const ms = heartbeat?.roundTripMs
  if (json)
    printJson({
      event: 'rtt',
      id,
      name: member?.name,
      connected: heartbeat?.connected ?? false,
      ms,
      at: Date.now(),
    })
  else if (ms !== undefined) console.log(`${name}  ${ms.toFixed(1)} ms`)
  if (ms === undefined)
    printError(member ? reason(cluster, id, name, heartbeat) : `no member '${name}' is known`)
  return ms !== undefined
}

function reason({ self }: Cluster, id: string, name: string, heartbeat: Heartbeat | undefined): string {
  if (id === self.id) return `${name} is this member itself`
  if (heartbeat?.connected) return `${name} is connected, but was not measured within ${timeoutMs / 1000} s`
  return `${name} has no direct connection to ${printable(self.name)}, so there is no round trip to measure. Ask a member that is connected to it`
}

/** The first heartbeat with a round-trip time, or the latest heartbeat if no round trip was measured in time. */
async function measured(cluster: Cluster, id: string): Promise<Heartbeat | undefined> {
  const sinceMs = performance.now()
  let last: Heartbeat | undefined
  for await (const heartbeats of firstHeartbeats(cluster, timeoutMs)) {
    last = heartbeats.get(id)
    const isConnected = last?.connected ?? false
    if (last?.roundTripMs !== undefined || (!isConnected && performance.now() - sinceMs > minimumMs)) break
  }
  return last
}

/** Our choice: a view receives the first heartbeats a moment after it subscribes to them. */
const minimumMs = 1_000
