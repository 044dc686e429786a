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
  /** The local view has shown the member as alive, in this or an earlier incarnation. */
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
  /** Whether the network of the local member changed a moment ago. */
  isReconnecting(): boolean
  /** Whether a member has the role `reader`. @default no member has */
  isReader?(id: string): boolean
}

/** A member of the cluster, and the spaces in its record. */
export interface MemberWithSpaces {
  readonly status: MemberStatus
  /** The local view has shown the member as alive. False: the local member knows it only as a suspect. */
  readonly wasAlive: boolean
  readonly spaces: readonly SpaceGeneration[]
}

/**
 * Whether the member counts as present: it is alive, or it is a suspect that the local view has shown as
 * alive before. A new member first sees a member that died long ago as a suspect, so being a suspect is not
 * enough.
 */
export function isPresent({ status, wasAlive }: Pick<MemberWithSpaces, 'status' | 'wasAlive'>): boolean {
  return status === 'alive' || (status === 'suspect' && wasAlive)
}

/** The number of a member's present visit to a space; undefined: it is not in the space. */
export function generationIn(member: MemberWithSpaces | undefined, space: string): number | undefined {
  return member?.spaces.find(entry => entry.space === space)?.generation
}
