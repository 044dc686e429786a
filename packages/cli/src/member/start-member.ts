/** Joins the cluster, or throws a usage error that says why not and what to do. */
import { type Cluster, type JoinOptions, joinCluster } from '@hearsay/core'
import { asUsageError } from './as-usage-error.ts'

export const startMember = (options: JoinOptions): Promise<Cluster> => asUsageError(joinCluster(options))
