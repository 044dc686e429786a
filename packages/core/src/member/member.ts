/** Member: a member of the cluster as an app sees it, its statuses and its events. */

/** A member as the local member sees it. Immutable; the object changes only if the member changes. */
export interface Member {
  /** The libp2p PeerId of the member's Ed25519 key, base58. */
  readonly id: string
  /** A display name that the member chose. Names are not unique. */
  readonly name: string
  /**
   * A number that only the member itself raises: with each start to epoch milliseconds, and by one or more with each
   * refutation of a suspicion.
   */
  readonly incarnation: number
  /** The local member's view of this member; other members may see another status for a while. */
  readonly status: MemberStatus
  /** The multiaddrs at which the member can be dialled, with the `/p2p/` part, at most 16. May be empty. */
  readonly addresses: readonly string[]
  /** Whether this member can be expected to answer, as it announced itself. */
  readonly attention: MemberAttention
  /** Texts by key that the member set at its start or with `Cluster.update`, at most 32. Empty if it set none. */
  readonly tags: Readonly<Record<string, string>>
  /**
   * The roles that the cluster's authority granted this member, ordered by name. The member cannot change its roles: they are
   * in the ticket with which it joined. Empty if it has none, and in a cluster without an authority.
   */
  readonly roles: readonly string[]
}

/**
 * The state that a member last announced about itself. Immutable; the object changes only if the state changes, or if the
 * clock of this machine was set back to before `sinceMs`.
 *
 * The state is independent of the status: other members do not suspect a member that is not active for its silence, but
 * only for a limited time. If the member does not return by then, it becomes suspect and dead, and keeps its state.
 */
export interface MemberAttention {
  /**
   * `active`: it answers promptly, or the user sees a view of it in another tab. `hidden`: a browser tab in the background,
   * which answers late; of tabs that share a member, none is visible. `frozen`: a browser tab that does not run. A member that
   * does not run in a page is never `hidden` or `frozen`, whatever the pages of its views are. `asleep`: its app called `Cluster.suspend`, or `Cluster.leave` with `returnsWithinMs`, so it is off the
   * network until it resumes.
   */
  readonly state: 'active' | 'hidden' | 'frozen' | 'asleep'
  /** When this member first saw the state, in epoch milliseconds of this machine's clock. */
  readonly sinceMs: number
}

/**
 * `alive`: reachable, as far as the failure detector knows. `suspect`: members reported that it does not answer; it may
 * still refute the suspicion. `dead`: it did not refute the suspicion in time; it becomes `alive` again when it returns.
 * `left`: it left the cluster by itself.
 */
export type MemberStatus = 'alive' | 'suspect' | 'dead' | 'left'

/**
 * `join`: a member is new, or is back after it was dead or left. `update`: a member published a new record; its name, tags,
 * addresses, attention or incarnation changed, or only data that `Member` does not show, such as its rooms. Or the clock of
 * this machine was set back, and `attention.sinceMs` with it. `suspect`: a member became suspect. `recover`: a suspect is alive
 * again. `fail`: a member died. `leave`: it left.
 *
 * There is no event about the local member, and none about a member that was never alive here.
 */
export type ClusterEventType = 'join' | 'update' | 'suspect' | 'recover' | 'fail' | 'leave'
