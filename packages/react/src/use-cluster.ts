import type { Cluster } from '@hearsay/core'
import { useSession } from './contexts.ts'
import { useReady } from './use-async-state.ts'

/** @typeParam None what stands for a cluster that is not joined */
export type UseCluster<None> = () => Cluster | None

/** The cluster, for what has no hook. Null: not joined yet, or it failed. Renders for nothing that happens in it. */
export const useCluster: UseCluster<null> = () => useReady(useSession().cluster)
