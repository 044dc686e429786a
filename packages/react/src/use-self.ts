import type { Member } from '@hearsay/core'
import { nothing } from './constant-store.ts'
import { useCluster } from './use-cluster.ts'
import { type IsEqual, ifBoth, itself, useStore } from './use-store.ts'

/** @typeParam None what stands for a cluster that is not joined */
export interface UseSelf<None> {
  (): Member | None
  <T>(selector: (self: Member) => T, isEqual?: IsEqual<T>): T | None
}

/** This member, or what is selected of it. Null: not joined yet. */
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
