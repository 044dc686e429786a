/** Member rows: a member as a line of a table, and as a line of JSON. */
import type { Member } from '@hearsay/core'
import { printable, shortId } from '../terminal/format.ts'

export const titles: readonly string[] = ['name', 'id', 'status', 'address', 'tags']

export const memberRows = (members: readonly Member[]): string[][] =>
  [...members]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ name, id, status, attention, addresses, tags }) => [
      printable(name),
      shortId(id),
      attention.state === 'active' || status !== 'alive' ? status : `${status}, ${attention.state}`,
      withoutId(addresses[0]),
      shownTags(tags),
    ])

export const memberLine = (member: Member): object => {
  const { id, name, status, incarnation, addresses, tags, attention } = member
  return { event: 'member', id, name, status, incarnation, addresses, tags, attention: attention.state }
}

export const shownTags = (tags: Readonly<Record<string, string>>): string =>
  printable(
    Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
  )

const withoutId = (address = '–'): string => address.replace(/\/p2p\/[^/]*$/, '')
