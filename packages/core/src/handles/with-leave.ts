import type { Cluster } from '../api/cluster.ts'
import type { Health } from '../api/health.ts'

/**
 * Wraps a cluster for a host that created more than the member, such as a libp2p node. `leave` replaces the cluster's own,
 * and `health()` contains the values that only the host knows.
 */
export function withLeave(
  cluster: Cluster,
  leave: () => Promise<void>,
  hostHealth: () => Partial<Health> = () => ({}),
): Cluster {
  return {
    name: cluster.name,
    members: cluster.members,
    heartbeats: cluster.heartbeats,
    events: cluster.events,
    get self() {
      return cluster.self
    },
    health: () => ({ ...cluster.health(), ...hostHealth() }),
    explain: id => cluster.explain(id),
    update: change => cluster.update(change),
    room: name => cluster.room(name),
    config: (name, options) => cluster.config(name, options),
    leave,
  }
}
