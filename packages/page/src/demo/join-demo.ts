/** Join demo: this tab becomes a member of the demo's cluster, under a name of its own. */
import { type Cluster, joinCluster } from '@hearsay/core'
import { type DemoState, kindTag, type MemberKind } from '../contract.ts'
import { storedName } from './tab-name.ts'

export function joinDemo({ cluster, bootstrap }: DemoState): Promise<Cluster> {
  return joinCluster({
    cluster,
    name: storedName(),
    tags: { [kindTag]: 'tab' satisfies MemberKind },
    bootstrap,
    // All are on one machine, and nobody else needs to know.
    iceServers: [],
  })
}
