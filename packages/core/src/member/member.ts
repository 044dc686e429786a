/** Member: a member of the cluster as an app sees it, and what can become of it. */

/** A member as this member knows it. Immutable; an unchanged member keeps its object. */
export interface Member {
  /** The libp2p PeerId, base58. */
  readonly id: string
  /** Chosen by the member for people to read. Not unique. */
  readonly name: string
  /** Raised only by the member itself, with each start and each refutation. Epoch milliseconds at first. */
  readonly incarnation: number
  /** `alive`, `suspect` and `dead` are this member's own conclusion; `left` is the other's goodbye. */
  readonly status: MemberStatus
  /** Multiaddrs, with the `/p2p/` part. */
  readonly addresses: readonly string[]
  readonly tags: Readonly<Record<string, string>>
}

export type MemberStatus = 'alive' | 'suspect' | 'dead' | 'left'

/** join: alive that was not (new, or back from dead or left). The others say what changed. */
export type ClusterEventType = 'join' | 'update' | 'suspect' | 'recover' | 'fail' | 'leave'
