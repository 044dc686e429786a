/** Founder: the member that founded a cluster of invited members, and relays between its pages. */
import { type Cluster, createAuthority, joinCluster } from '@hearsay/core'

const tcp = '/ip4/127.0.0.1/tcp/0'

/** Its authority invites: give members only tickets. */
export async function startFounder(cluster: string): Promise<Cluster> {
  const { key } = await createAuthority()
  return await joinCluster({
    cluster,
    name: 'founder',
    authority: key,
    relay: true,
    listen: [tcp, `${tcp}/ws`],
    mdns: false,
  })
}

/** Joins with a ticket and nothing else. */
export function joinWith(ticket: string, name: string): Promise<Cluster> {
  return joinCluster({ ticket, name, listen: [tcp], mdns: false })
}
