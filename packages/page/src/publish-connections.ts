/** Publish connections: each member publishes, as presence in the page's room, which members it is connected to. */
import type { Cluster, Room } from '@hearsay/core'
import { type Shown, shortId } from './contract.ts'

/** Publishes the connections now and after each change. @returns a function that ends this */
export function publishConnections(cluster: Cluster, { presence }: Room<Shown>): () => void {
  const show = () => {
    const connections = connectionsOf(cluster)
    if (connections.join() !== presence.own.getSnapshot().connections?.join()) presence.set({ connections })
  }
  show()
  return cluster.heartbeats.subscribe(show)
}

function connectionsOf(cluster: Cluster): string[] {
  const connected = [...cluster.heartbeats.getSnapshot()].filter(([, heartbeat]) => heartbeat.connected)
  return connected.map(([id]) => shortId(id))
}
