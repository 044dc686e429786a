import type { Health } from '@hearsay/core'
import { nothing } from './resource.ts'
import { useCluster } from './use-cluster.ts'
import { type IsEqual, ifBoth, itself, useStore } from './use-store.ts'

/** @typeParam None what the hook returns before the cluster is joined */
export interface UseHealth<None> {
  (): Health | None
  <T>(selector: (health: Health) => T, isEqual?: IsEqual<T>): T | None
}

/** The health of this member, or a selected part of it; at most 1 s old. Null until the cluster is joined. */
export const useHealth: UseHealth<null> = <T>(
  selector: (health: Health) => T = itself,
  isEqual?: IsEqual<T>,
): T | null => {
  const cluster = useCluster()
  const select = (health: Health | null): T | null => health && selector(health)
  return useStore<Health | null, T | null>(cluster?.health ?? nothing, select, ifBoth(isEqual))
}
