import type { Member } from '@hearsay/core'
import { constantStore } from './resource.ts'
import { useCluster } from './use-cluster.ts'
import { type IsEqual, itself, useStore } from './use-store.ts'

const noMembers = constantStore<readonly Member[]>([])

/** What `useMembers` takes: nothing, or a selector. */
export interface UseMembers {
  (): readonly Member[]
  <T>(selector: (members: readonly Member[]) => T, isEqual?: IsEqual<T>): T
}

/** All known members including this one, ordered by id, or a selected part. Empty before the cluster is joined. */
export const useMembers: UseMembers = <T>(
  selector: (members: readonly Member[]) => T = itself,
  isEqual?: IsEqual<T>,
): T => useStore(useCluster()?.members ?? noMembers, selector, isEqual)
