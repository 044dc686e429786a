import type { Member } from '@hearsay/core'
import { useMembers } from './use-members.ts'
import { type IsEqual, ifBoth, itself } from './use-store.ts'

export interface UseMember {
  (id: string): Member | undefined
  <T>(id: string, selector: (member: Member) => T, isEqual?: IsEqual<T>): T | undefined
}

/** The member of this id, or what is selected of it. Undefined: not known, or the cluster is not joined yet. */
export const useMember: UseMember = <T>(
  id: string,
  selector: (member: Member) => T = itself,
  isEqual?: IsEqual<T>,
): T | undefined =>
  useMembers(members => {
    const member = members.find(each => each.id === id)
    return member && selector(member)
  }, ifBoth(isEqual))
