/** Whereabouts: which members of the cluster are in one space. */
import type { MemberStatus } from '../cluster/member.ts'

export interface Whereabouts {
  /** How a member stands, and in which entry it is in the space; undefined: nobody of that id is known. */
  of(id: string): { readonly status: MemberStatus; readonly entered: number | undefined } | undefined
}
