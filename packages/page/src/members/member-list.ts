/** Member list: the rows that the page shows: the demo's processes in their order, then the tabs by id. */
import type { Heartbeat, Member } from '@hearsay/core'
import { useCluster, useMembers } from '@hearsay/react'
import { useMemo, useSyncExternalStore } from 'react'
import { type DemoProcess, kindTag, type MemberKind } from '../contract.ts'
import { useDemo } from '../demo/demo-store.ts'

export interface MemberRow {
  readonly id: string
  readonly name: string
  readonly status: Member['status']
  readonly isAsleep: boolean
  readonly kind: MemberKind
  readonly isSelf: boolean
  /** The state of its process, if it is one of the demo's processes. */
  readonly process: DemoProcess | undefined
}

export function useMemberRows(): readonly MemberRow[] {
  const members = useMembers()
  const processes = useDemo().state?.processes
  const selfId = useCluster()?.self.id
  return useMemo(() => memberRowsOf(members, processes ?? [], selfId), [members, processes, selfId])
}

/** Tabs that have left are omitted: each reload would add one. */
export function memberRowsOf(
  members: readonly Member[],
  processes: readonly DemoProcess[],
  selfId: string | undefined,
): readonly MemberRow[] {
  const people = members.map(({ id, name, status, attention, tags }): MemberRow => {
    const process = processes.find(process => process.id === id)
    const isAsleep = attention.state === 'asleep' && isPresentStatus({ status })
    return { id, name, status, isAsleep, kind: kindOf(tags, process), isSelf: id === selfId, process }
  })
  return people
    .filter(({ kind, status }) => kind === 'process' || status !== 'left')
    .sort((a, b) => rank(a, processes) - rank(b, processes) || (a.id < b.id ? -1 : 1))
}

export const isPresentStatus = ({ status }: Pick<MemberRow, 'status'>): boolean =>
  status === 'alive' || status === 'suspect'

const kindOf = (tags: Member['tags'], process: DemoProcess | undefined): MemberKind =>
  process || tags[kindTag] === 'process' ? 'process' : 'tab'

function rank({ process }: MemberRow, processes: readonly DemoProcess[]): number {
  return process ? processes.indexOf(process) : processes.length
}

const noHeartbeats: ReadonlyMap<string, Heartbeat> = new Map()

/** Member id → heartbeat; renders once a second. */
export function useHeartbeats(): ReadonlyMap<string, Heartbeat> {
  const hearts = useCluster()?.heartbeats
  return useSyncExternalStore(
    listener => hearts?.subscribe(listener) ?? (() => {}),
    () => hearts?.getSnapshot() ?? noHeartbeats,
  )
}
