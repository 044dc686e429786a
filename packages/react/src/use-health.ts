import type { Health } from '@hearsay/core'
import { nothing } from './constant-store.ts'
import { healthOf } from './health-store.ts'
import { useCluster } from './use-cluster.ts'
import { type IsEqual, ifBoth, itself, useStore } from './use-store.ts'

/** @typeParam None what stands for a cluster that is not joined */
export interface UseHealth<None> {
  (): Health | None
  <T>(selector: (health: Health) => T, isEqual?: IsEqual<T>): T | None
}

/** How this member is doing, or what is selected of it, at most a second old. Null: not joined yet. */
export const useHealth: UseHealth<null> = <T>(
  selector: (health: Health) => T = itself,
  isEqual?: IsEqual<T>,
): T | null => {
  const cluster = useCluster()
  const select = (health: Health | null): T | null => health && selector(health)
  return useStore(cluster ? healthOf(cluster) : nothing, select, ifBoth(isEqual))
}
