/** With leave: a cluster whose `leave` ends more than the member. Each other call goes to the cluster itself. */
import type { Cluster, LeaveOptions } from '../api/cluster.ts'

/**
 * The cluster with the given `leave` instead of its own, for a host that has to end more than the member, such as a
 * libp2p node.
 */
export function withLeave(cluster: Cluster, leave: (options?: LeaveOptions) => Promise<void>): Cluster {
  return {
    name: cluster.name,
    members: cluster.members,
    heartbeats: cluster.heartbeats,
    health: cluster.health,
    events: cluster.events,
    get self() {
      return cluster.self
    },
    explain: id => cluster.explain(id),
    update: change => cluster.update(change),
    suspend: options => cluster.suspend(options),
    resume: () => cluster.resume(),
    room: (name, options) => cluster.room(name, options),
    config: (name, options) => cluster.config(name, options),
    query: (name, payload, options) => cluster.query(name, payload, options),
    answer: (name, handler) => cluster.answer(name, handler),
    keyring: cluster.keyring,
    convergence: cluster.convergence,
    settled: options => cluster.settled(options),
    heldBy: options => cluster.heldBy(options),
    broadcast: (name, payload) => cluster.broadcast(name, payload),
    invite: options => cluster.invite(options),
    revoke: what => cluster.revoke(what),
    renew: ticket => cluster.renew(ticket),
    leave,
  }
}
