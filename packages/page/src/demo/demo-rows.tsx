/** Demo rows: the demo's processes in their order, then the tabs by id. */
import type { Member } from '@hearsay/core'
import { useCluster, useMembers } from '@hearsay/react'
import { type ReactNode, useMemo } from 'react'
import { type DemoProcess, kindTag, type MemberKind } from '../contract.ts'
import { isPresentStatus, type MemberRow, MemberRows } from '../members/member-list.ts'
import { useDemo } from './demo-store.ts'

export function DemoRows({ children }: { children: ReactNode }): ReactNode {
  const members = useMembers()
  const processes = useDemo().state?.processes
  const selfId = useCluster()?.self.id
  const rows = useMemo(() => memberRowsOf(members, processes ?? [], selfId), [members, processes, selfId])
  return <MemberRows value={rows}>{children}</MemberRows>
}

/** Tabs that have left are omitted: each reload would add one. */
export function memberRowsOf(
  members: readonly Member[],
  processes: readonly DemoProcess[],
  selfId: string | undefined,
): readonly MemberRow[] {
  const rows = members.map(({ id, name, status, attention, tags, roles }): MemberRow => {
    const process = processes.find(process => process.id === id)
    const isAsleep = attention.state === 'asleep' && isPresentStatus({ status })
    const kind = kindOf(tags, process)
    return { id, name, status, isAsleep, kind, isSelf: id === selfId, roles, process }
  })
  return rows
    .filter(({ kind, status }) => kind === 'process' || status !== 'left')
    .sort((a, b) => rank(a, processes) - rank(b, processes) || (a.id < b.id ? -1 : 1))
}

const kindOf = (tags: Member['tags'], process: DemoProcess | undefined): MemberKind =>
  process || tags[kindTag] === 'process' ? 'process' : 'tab'

function rank({ process }: MemberRow, processes: readonly DemoProcess[]): number {
  return process ? processes.indexOf(process) : processes.length
}
