import type { Member } from '@hearsay/core'
import { constantStore } from './constant-store.ts'
import { useCluster } from './use-cluster.ts'
import { type IsEqual, itself, useStore } from './use-store.ts'

const nobody = constantStore<readonly Member[]>([])

export interface UseMembers {
  (): readonly Member[]
  <T>(selector: (members: readonly Member[]) => T, isEqual?: IsEqual<T>): T
}

/** Everybody known, oneself included, ordered by id, or what is selected of it. Nobody before the cluster is joined. */
export const useMembers: UseMembers = <T>(
  selector: (members: readonly Member[]) => T = itself,
  isEqual?: IsEqual<T>,
): T => useStore(useCluster()?.members ?? nobody, selector, isEqual)
