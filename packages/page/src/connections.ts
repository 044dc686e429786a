/** Links: each member shows, in the page's room, whom it has a connection to. */
import type { Cluster, Room } from '@hearsay/core'
import { type Shown, shortId } from './contract.ts'

/** Shows them now, and as they change. @returns the end of it */
export function showLinks(cluster: Cluster, { presence }: Room<Shown>): () => void {
  const show = () => {
    const connections = linksOf(cluster)
    if (connections.join() !== presence.own.getSnapshot().connections?.join()) presence.set({ connections })
  }
  show()
  // Connections are no part of any store. Hearts are looked at each second, and that is soon enough to draw.
  return cluster.heartbeats.subscribe(show)
}

function linksOf(cluster: Cluster): string[] {
  const connected = cluster.members.getSnapshot().filter(({ id }) => cluster.explain(id).connected)
  return connected.map(({ id }) => shortId(id))
}
