/**
 * Command input: the environment variables and the standard input of a command of `--exec`. As in serf, a member is one line
 * with its name, address, role and tags, separated by tabs. A payload is its text, or JSON.
 */
import type { Cluster, Json, Member } from '@hearsay/core'
import type { TimedBroadcast, TimedMemberEvent } from '../member/member-events.ts'
import { printable } from '../terminal/format.ts'

export interface CommandInput {
  /** The id of the member that caused the call. */
  readonly from: string
  /** No value has control characters. */
  readonly variables: Readonly<Record<string, string>>
  /** Ends with a newline, or is empty. */
  readonly input: string
}

/** The event or query for which a command runs. */
export type Occasion =
  | TimedMemberEvent
  | (Pick<TimedBroadcast, 'from' | 'name' | 'value'> & { readonly event: 'event' | 'query' })

export function commandInput(occasion: Occasion, cluster: Cluster): CommandInput {
  const { name, self } = cluster
  const isMemberEvent = 'member' in occasion
  const from = isMemberEvent ? occasion.member.id : occasion.from
  const member = isMemberEvent
    ? occasion.member
    : cluster.members.getSnapshot().find(({ id }) => id === occasion.from)
  const variables = {
    HEARSAY_EVENT: occasion.event,
    ...(!isMemberEvent && { [nameVariable[occasion.event]]: occasion.name }),
    HEARSAY_CLUSTER: name,
    HEARSAY_SELF_ID: self.id,
    HEARSAY_SELF_NAME: self.name,
    HEARSAY_MEMBER_ID: from,
    ...(member && memberVariables(member)),
    ...Object.fromEntries(Object.entries(self.tags).map(([key, value]) => [tagVariable(key), value])),
  }
  return {
    from,
    variables: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, printable(value)])),
    input: isMemberEvent ? `${lineOf(occasion.member)}\n` : inputOf(occasion.value),
  }
}

const nameVariable = { event: 'HEARSAY_EVENT_NAME', query: 'HEARSAY_QUERY_NAME' } as const

const memberVariables = ({ name, status, incarnation }: Member) => ({
  HEARSAY_MEMBER_NAME: name,
  HEARSAY_MEMBER_STATUS: status,
  HEARSAY_MEMBER_INCARNATION: `${incarnation}`,
})

const tagVariable = (key: string): string => `HEARSAY_TAG_${key.toUpperCase().replace(/[^A-Z0-9_]/g, '_')}`

function lineOf({ name, addresses, tags }: Member): string {
  const list = Object.entries(tags).map(([key, value]) => `${key}=${value}`)
  return [name, addresses[0] ?? '', tags['role'] ?? '', list.join(',')].map(printable).join('\t')
}

function inputOf(payload: Json): string {
  if (payload === null || payload === '') return ''
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return text.endsWith('\n') ? text : `${text}\n`
}
