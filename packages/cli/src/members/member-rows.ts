/** Member rows: a member as a line of a table, and as a line of JSON. */
import type { Member, MemberStatus } from '@hearsay/core'
import { printable, shortId } from '../terminal/format.ts'

/** With the roles only if a member has one, because members have roles in clusters with an authority only. */
export const titlesOf = (members: readonly Member[]): readonly string[] => [
  'name',
  'id',
  'status',
  ...(haveRoles(members) ? ['roles'] : []),
  'address',
  'tags',
]

/**
 * The rows, ordered by name.
 *
 * @param self the id of the member that answers: its row says so
 * @param limit only so many members, those that need attention first @default all
 */
export function memberRows(members: readonly Member[], self: string, limit?: number): string[][] {
  const withRoles = haveRoles(members)
  const sorted = [...members].sort(
    (a, b) =>
      (limit === undefined ? 0 : order[a.status] - order[b.status]) ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )
  return sorted.slice(0, limit).map(({ name, id, status, attention, roles, addresses, tags }) => [
    printable(name),
    shortId(id),
    [
      status,
      ...(attention.state === 'active' || status !== 'alive' ? [] : [attention.state]),
      // Not beside the name, which another member may choose.
      ...(id === self ? ['this member'] : []),
    ].join(', '),
    ...(withRoles ? [printable(roles.join(' '))] : []),
    withoutId(addresses[0]),
    shownTags(tags),
  ])
}

const haveRoles = (members: readonly Member[]) => members.some(({ roles }) => roles.length > 0)

const order: Record<MemberStatus, number> = { suspect: 0, dead: 1, alive: 2, left: 3 }

export const memberLine = (member: Member, self: string): object => {
  const { id, name, status, incarnation, addresses, tags, roles, attention } = member
  return {
    event: 'member',
    id,
    name,
    status,
    incarnation,
    addresses,
    tags,
    roles,
    attention: attention.state,
    self: id === self,
  }
}

export const shownTags = (tags: Readonly<Record<string, string>>): string =>
  printable(
    Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
  )

const withoutId = (address = '–'): string => address.replace(/\/p2p\/[^/]*$/, '')
