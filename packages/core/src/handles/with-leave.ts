import type { Cluster } from '../api/cluster.ts'

/** The same cluster, whose leaving also ends what the host made for it, and whose health tells of that. */
export function withLeave(
  cluster: Cluster,
  leave: () => Promise<void>,
  localDiscoveryError: () => string | undefined = () => undefined,
): Cluster {
  return {
    name: cluster.name,
    members: cluster.members,
    heartbeats: cluster.heartbeats,
    events: cluster.events,
    get self() {
      return cluster.self
    },
    health: () => ({ ...cluster.health(), localDiscoveryError: localDiscoveryError() }),
    explain: id => cluster.explain(id),
    update: change => cluster.update(change),
    room: name => cluster.room(name),
    config: (name, options) => cluster.config(name, options),
    leave,
  }
}
