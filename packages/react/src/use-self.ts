import type { Member } from '@hearsay/core'
import { nothing } from './resource.ts'
import { useCluster } from './use-cluster.ts'
import { type IsEqual, ifBoth, itself, useStore } from './use-store.ts'

/** @typeParam None what the hook returns before the cluster is joined */
export interface UseSelf<None> {
  (): Member | None
  <T>(selector: (self: Member) => T, isEqual?: IsEqual<T>): T | None
}

/** This member, or a selected part of it. Null until the cluster is joined. */
export const useSelf: UseSelf<null> = <T>(
  selector: (self: Member) => T = itself,
  isEqual?: IsEqual<T>,
): T | null => {
  const cluster = useCluster()
  return useStore(
    cluster?.members ?? nothing,
    () => (cluster ? selector(cluster.self) : null),
    ifBoth(isEqual),
  )
}
