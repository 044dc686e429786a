/** Member list: the rows of members that all parts of a page show. Each page provides its own rows. */
import type { Heartbeat, Member } from '@hearsay/core'
import { useCluster } from '@hearsay/react'
import { createContext, use, useSyncExternalStore } from 'react'
import type { DemoProcess, MemberKind } from '../contract.ts'

export interface MemberRow {
  readonly id: string
  readonly name: string
  readonly status: Member['status']
  readonly isAsleep: boolean
  /** `member`: on a page that does not distinguish kinds of members. */
  readonly kind: MemberKind | 'member'
  readonly isSelf: boolean
  /** The roles that the cluster's authority granted the member. Empty without an authority. */
  readonly roles: readonly string[]
  /** The state of its process, if it is one of the demo's processes. */
  readonly process: DemoProcess | undefined
}

export const MemberRows: React.Context<readonly MemberRow[]> = createContext<readonly MemberRow[]>([])

/** In the order of the page. A row stays the same object until one of its fields changes. */
export const useMemberRows = (): readonly MemberRow[] => use(MemberRows)

export const isPresentStatus = ({ status }: Pick<MemberRow, 'status'>): boolean =>
  status === 'alive' || status === 'suspect'

const noHeartbeats: ReadonlyMap<string, Heartbeat> = new Map()

/** Member id → heartbeat; renders once a second. */
export function useHeartbeats(): ReadonlyMap<string, Heartbeat> {
  const heartbeats = useCluster()?.heartbeats
  return useSyncExternalStore(
    listener => heartbeats?.subscribe(listener) ?? (() => {}),
    () => heartbeats?.getSnapshot() ?? noHeartbeats,
  )
}
