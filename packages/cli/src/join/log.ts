/** Log: the text output of `hearsay join`, one line per event. */
import type { Cluster, ClusterEventType } from '@hearsay/core'
import type { TimedBroadcast, TimedMemberEvent } from '../member/member-events.ts'
import { printable, shortId } from '../terminal/format.ts'
import { shownValue } from '../terminal/json-value.ts'
import { type Colour, printLog } from '../terminal/log-line.ts'

const colours: Record<ClusterEventType, Colour> = {
  join: 'green',
  recover: 'green',
  update: 'cyan',
  suspect: 'yellow',
  fail: 'red',
  leave: 'dim',
}

export const log = {
  ready({ name: cluster, self: { id, name, roles, addresses } }: Cluster, metrics?: string): void {
    const rest = `${shortId(id)} in ${printable(cluster)}`
    printLog({ at: Date.now(), event: 'ready', colour: 'bold', name, rest })
    if (roles.length > 0) printLog({ event: 'roles', colour: 'dim', name: roles.join(' ') })
    for (const address of addresses) printLog({ event: 'listen', colour: 'dim', name: address })
    if (metrics !== undefined) printLog({ event: 'metrics', colour: 'dim', name: metrics })
  },
  event({ event, member: { id, name, tags, attention }, at }: TimedMemberEvent): void {
    const showsTags = event === 'join' || event === 'update'
    const texts = showsTags ? [attention.state === 'asleep' ? 'asleep' : '', listed(tags)] : []
    const rest = [shortId(id), ...texts.filter(Boolean)].join('  ')
    printLog({ at, event, colour: colours[event], name, rest })
  },
  broadcast({ from, member = '', name, value, at }: TimedBroadcast): void {
    const rest = `${shortId(from)}  ${printable(name)} ${shownValue(value)}`
    printLog({ at, event: 'event', colour: 'cyan', name: member, rest })
  },
}

const listed = (tags: Readonly<Record<string, string>>) =>
  printable(
    Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
  )
