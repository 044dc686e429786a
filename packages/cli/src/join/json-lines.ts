/** JSON lines: the output of `hearsay join --json`; nothing else is printed to stdout. */
import type { Cluster } from '@hearsay/core'
import type { TimedBroadcast, TimedMemberEvent } from '../member/member-events.ts'
import { printJson } from '../terminal/output.ts'

export const jsonLines = {
  ready({ self: { id, addresses } }: Cluster, metrics?: string): void {
    printJson({ event: 'ready', id, addresses, metrics, at: Date.now() })
  },
  event({ event, member: { id, name, incarnation }, at }: TimedMemberEvent): void {
    printJson({ event, id, name, incarnation, at })
  },
  broadcast({ from: id, member: name, name: broadcast, value, at }: TimedBroadcast): void {
    printJson({ event: 'broadcast', id, name, broadcast, value, at })
  },
}
