/** Member actions: the changes that the page can make to the selected member. Only with `hearsay page --write`. */
import type { ReactNode } from 'react'
import type { MemberRow } from '../members/member-list.ts'
import { useIsAdmin } from './invitations.tsx'
import { MemberControls } from './member-controls.tsx'
import { RevokeMember } from './revoke-member.tsx'

export function MemberActions({ row }: { row: MemberRow }): ReactNode {
  const isAdmin = useIsAdmin()
  return row.isSelf ? <MemberControls /> : isAdmin && <RevokeMember row={row} />
}
