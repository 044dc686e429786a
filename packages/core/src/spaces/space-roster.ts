/** Space roster: the view of the cluster on which spaces depend: which members are in which space. */
import type { MemberStatus } from '../member/member.ts'
import type { SpaceGeneration } from '../wire/fact.ts'
import type { GroupView } from './space-rings.ts'

/** The members of the cluster in one space. */
export interface SpaceRoster {
  /** A member's status and its generation in the space; undefined: no member with this id is known. */
  of(id: string): SpaceMembership | undefined
}

/** A member's status in the cluster, and its generation in one space. */
export interface SpaceMembership {
  readonly status: MemberStatus
  /** The member was alive in the local view in some incarnation. */
  readonly wasAlive: boolean
  /** Number of the member's visit to the space; undefined: the member is not in the space. */
  readonly generation: number | undefined
}

/** The cluster as the local member's spaces see it. */
export interface ClusterView extends Omit<GroupView, 'isUnreachable'> {
  /** Ids of the members that are connected to the local member. */
  connected(): readonly string[]
  /** Ids of all known members. */
  memberIds(): readonly string[]
  /** A member of the cluster; undefined: no member with this id is known. */
  member(id: string): MemberWithSpaces | undefined
  /** Whether the local member has compared its view of the cluster with another member, or no other member exists. */
  isSettled(): boolean
}

/** A member of the cluster, and the spaces in its record. */
export interface MemberWithSpaces {
  readonly status: MemberStatus
  /** The member was alive in the local view in some incarnation. Otherwise only a suspicion is known of the member. */
  readonly wasAlive: boolean
  readonly spaces: readonly SpaceGeneration[]
}

/**
 * Alive, or suspect after having been alive in the local view. A new member first sees a member that died long ago as
 * a suspect, so a suspect alone does not count.
 */
export function isPresent({ status, wasAlive }: Pick<MemberWithSpaces, 'status' | 'wasAlive'>): boolean {
  return status === 'alive' || (status === 'suspect' && wasAlive)
}
