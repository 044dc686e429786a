/** Connections: each member publishes, as presence in the page's room, which members it is connected to. */
import type { Cluster, Room } from '@hearsay/core'
import { type Shown, shortId } from './contract.ts'

/** Publishes the connections now and after each change. @returns a function that ends this */
export function showLinks(cluster: Cluster, { presence }: Room<Shown>): () => void {
  const show = () => {
    const connections = linksOf(cluster)
    if (connections.join() !== presence.own.getSnapshot().connections?.join()) presence.set({ connections })
  }
  show()
  // Connections are not part of any store. Checking them at each heartbeat refresh, once a second, is enough for drawing.
  return cluster.heartbeats.subscribe(show)
}

function linksOf(cluster: Cluster): string[] {
  const connected = cluster.members.getSnapshot().filter(({ id }) => cluster.explain(id).connected)
  return connected.map(({ id }) => shortId(id))
}
