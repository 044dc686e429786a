import type { Member } from '@hearsay/core'
import { useMembers } from './use-members.ts'
import { type IsEqual, ifBoth, itself } from './use-store.ts'

/** What `useMember` takes: an id and, optionally, a selector. */
export interface UseMember {
  (id: string): Member | undefined
  <T>(id: string, selector: (member: Member) => T, isEqual?: IsEqual<T>): T | undefined
}

/**
 * The member with this id, or a selected part of it. Undefined if this member does not know the id, and before the
 * cluster is joined.
 */
export const useMember: UseMember = <T>(
  id: string,
  selector: (member: Member) => T = itself,
  isEqual?: IsEqual<T>,
): T | undefined =>
  useMembers(members => {
    const member = members.find(each => each.id === id)
    return member && selector(member)
  }, ifBoth(isEqual))
