/** Whereabouts: which members of the cluster are in one space. */
import type { MemberStatus } from '../member/member.ts'

export interface SpaceRoster {
  /** How a member stands, and in which entry it is in the space; undefined: nobody of that id is known. */
  of(id: string): SpaceMembership | undefined
}

export interface SpaceMembership {
  readonly status: MemberStatus
  /** It was alive here in some incarnation. */
  readonly wasAlive: boolean
  readonly generation: number | undefined
}
