/** Joins the demo's cluster: this tab becomes a member with its own name. */
import { type Cluster, joinCluster } from '@hearsay/core'
import { type DemoState, kindTag, type MemberKind } from '../contract.ts'
import { storedName } from './tab-name.ts'

export function joinDemo({ cluster, bootstrap }: DemoState): Promise<Cluster> {
  return joinCluster({
    cluster,
    name: storedName(),
    tags: { [kindTag]: 'tab' satisfies MemberKind },
    bootstrap,
    // All members are on one machine, so no STUN server is needed.
    iceServers: [],
  })
}
