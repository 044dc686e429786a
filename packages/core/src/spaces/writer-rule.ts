/**
 * Writer rule: which members may write the entries of a shared config or the documents of a room.
 *
 * The rule depends only on the content of a fact, on the options of the space and on revocations. So all members come to the
 * same decision, regardless of the peer that forwarded the fact, even about authors that they never saw.
 */

import { isReader } from '../grants/roles.ts'

/** The parts of a fact that the rule reads. */
export interface Authorship {
  /** The id of the member that signed the fact. */
  readonly author: string
  /** When the author signed the fact, as the author's clock showed it, in epoch milliseconds. */
  readonly epochMs: number
  /** The encoded grants from which the author's roles come; undefined: the cluster has no authority. */
  readonly grants?: Uint8Array | undefined
}

/** The members that may write: all members, the members with these ids, or the members with this role. */
export type WriterList = 'anyone' | ReadonlySet<string> | { readonly role: string }

/** Whether the author of a fact may write. */
export type WriterRule = (authorship: Authorship) => boolean

/** Looks up the roles of members in a cluster with an authority. */
export interface GrantedRoles {
  /** The roles that a member had at a date, by its grants; undefined: it was no member then. Signatures are not checked. */
  rolesAt(member: string, grants: Uint8Array | undefined, epochMs: number): readonly string[] | undefined
}

/**
 * The rule for these writers. In a cluster with an authority, the author of a fact must have been a member when it signed
 * the fact, and a member with the role `reader` never writes.
 *
 * @param granted undefined: the cluster has no authority, so no member has a role
 */
export function writerRule(writers: WriterList, granted?: GrantedRoles): WriterRule {
  return ({ author, epochMs, grants }) => {
    const roles = granted ? granted.rolesAt(author, grants, epochMs) : []
    if (!roles || isReader(roles)) return false
    if (writers === 'anyone') return true
    return isRole(writers) ? roles.includes(writers.role) : writers.has(author)
  }
}

export function isRole(writers: WriterList): writers is { readonly role: string } {
  return writers !== 'anyone' && 'role' in writers
}
