/** Cluster rows: members that need attention first, then the others, each group by name. */
import type { Member, MemberStatus } from '@hearsay/core'
import { useMembers, useSelf } from '@hearsay/react'
import { type ReactNode, useDeferredValue, useMemo } from 'react'
import { type MemberRow, MemberRows } from '../members/member-list.ts'

export function ClusterRows({ children }: { children: ReactNode }): ReactNode {
  // Deferred, so that many changes at once delay neither the pointer nor the typing.
  const members = useDeferredValue(useMembers())
  const selfId = useSelf(({ id }) => id) ?? undefined
  const rows = useMemo(() => clusterRowsOf(members, selfId), [members, selfId])
  return <MemberRows value={rows}>{children}</MemberRows>
}

export function clusterRowsOf(members: readonly Member[], selfId: string | undefined): readonly MemberRow[] {
  return members
    .map(member => rowOf(member, member.id === selfId))
    .sort(
      (a, b) => order[a.status] - order[b.status] || byName.compare(a.name, b.name) || (a.id < b.id ? -1 : 1),
    )
}

const order: Record<MemberStatus, number> = { suspect: 0, dead: 1, alive: 2, left: 3 }
/** `node-2` before `node-10`. */
const byName = new Intl.Collator('en', { numeric: true })

const known = new WeakMap<Member, MemberRow>()

/** The same row for the same member, so that only rows that changed are rendered. */
function rowOf(member: Member, isSelf: boolean): MemberRow {
  const before = known.get(member)
  if (before?.isSelf === isSelf) return before
  const { id, name, status, attention, roles } = member
  const isAsleep = attention.state === 'asleep' && status !== 'left' && status !== 'dead'
  const row: MemberRow = { id, name, status, isAsleep, kind: 'member', isSelf, roles, process: undefined }
  known.set(member, row)
  return row
}
