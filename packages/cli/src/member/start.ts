/** Start: joins the cluster, or says in one line why not and what to do. */
import {
  type Cluster,
  InvalidOptionsError,
  type JoinOptions,
  joinCluster,
  ListenError,
  StorageError,
} from '@hearsay/core'
import { Refusal } from '../refusal.ts'

export async function startMember(options: JoinOptions): Promise<Cluster> {
  try {
    return await joinCluster(options)
  } catch (error) {
    const refused = [InvalidOptionsError, ListenError, StorageError].some(kind => error instanceof kind)
    if (refused) throw new Refusal((error as Error).message)
    throw error
  }
}
