import type { Cluster } from '@hearsay/core'
import { useSession } from './contexts.ts'
import { useReady } from './use-async-state.ts'

/** @typeParam None what the hook returns before the cluster is joined */
export type UseCluster<None> = () => Cluster | None

/**
 * The cluster, for everything that has no hook. Null until the cluster is joined, and if joining fails. Events and
 * changes in the cluster do not render the component.
 */
export const useCluster: UseCluster<null> = () => useReady(useSession().cluster)
