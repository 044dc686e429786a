/** Prepared member: a member that can join a cluster sooner, because its code and its parts are ready. */
import type { Cluster } from './cluster.ts'

/** What `prepareCluster` resolves with. */
export interface PreparedMember {
  /**
   * Joins the cluster like `joinCluster`, with the same errors. What was prepared is used only if the store still contains the
   * same identity and no other page uses it. Otherwise this is a call of `joinCluster`. Call it once, and not after `close`.
   */
  join(): Promise<Cluster>
  /** Ends a member that is not needed. Does nothing after `join`. */
  close(): Promise<void>
}
