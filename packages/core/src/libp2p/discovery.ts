/**
 * Discovery: libp2p tells of peers in the local network, and dials none of them.
 *
 * A stranger is dialled at once while nobody is known, later and only if it stays one: in a cluster that stands,
 * gossip brings the news sooner than everybody's dial would.
 */
import type { Libp2p, PeerInfo } from '@libp2p/interface'
import type { Cluster } from '../cluster/cluster.ts'

const patienceMs = 3_000

export function dialDiscovered(node: Libp2p, cluster: Cluster): void {
  const timers = new Set<ReturnType<typeof setTimeout>>()

  node.addEventListener('peer:discovery', ({ detail: { id } }: CustomEvent<PeerInfo>) => {
    const isAlone = cluster.members.getSnapshot().length <= 1
    const waitMs = isAlone ? 0 : patienceMs * (0.5 + Math.random())
    const timer = setTimeout(() => {
      timers.delete(timer)
      const isKnown = cluster.members.getSnapshot().some(member => member.id === id.toString())
      // Not reached: discovery will tell of it again.
      if (!isKnown) node.dial(id).catch(() => {})
    }, waitMs)
    timers.add(timer)
  })
  node.addEventListener('stop', () => {
    for (const timer of timers) clearTimeout(timer)
  })
}
