/** Space roster: which members of the cluster are in one space. */
import type { MemberStatus } from '../member/member.ts'

export interface SpaceRoster {
  /** A member's status and its generation in the space; undefined: no member with this id is known. */
  of(id: string): SpaceMembership | undefined
}

export interface SpaceMembership {
  readonly status: MemberStatus
  /** The member was alive in the local view in some incarnation. */
  readonly wasAlive: boolean
  /** Number of the member's visit to the space; undefined: the member is not in the space. */
  readonly generation: number | undefined
}
