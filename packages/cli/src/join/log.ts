/** Log: what a person reads of a member: one line an event, in columns. */
import { styleText } from 'node:util'
import type { Cluster, ClusterEventType } from '@hearsay/core'
import type { Told } from '../member/told.ts'
import { left } from '../terminal/column.ts'
import { printable } from '../terminal/printable.ts'

type Colour = Parameters<typeof styleText>[0]

const colours: Record<ClusterEventType | 'ready' | 'listen', Colour> = {
  ready: 'bold',
  listen: 'dim',
  join: 'green',
  recover: 'green',
  update: 'cyan',
  suspect: 'yellow',
  fail: 'red',
  leave: 'dim',
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

export const log = {
  ready({ name: cluster, self: { id, name, addresses } }: Cluster): void {
    print(Date.now(), 'ready', name, `${shortId(id)} in ${printable(cluster)}`)
    for (const address of addresses) print(undefined, 'listen', address)
  },
  told({ event, member: { id, name, tags }, at }: Told): void {
    print(
      at,
      event,
      name,
      event === 'join' || event === 'update' ? `${shortId(id)}  ${listed(tags)}` : shortId(id),
    )
  },
}

function print(at: number | undefined, event: keyof typeof colours, name: string, rest = ''): void {
  const time = at === undefined ? '' : clock.format(at)
  const line = `${left(time, 10)}${styleText(colours[event], left(event, 9))}${left(printable(name), 16)}  ${rest}`
  console.log(line.trimEnd())
}

/** The end of an id: all ids of one kind of key begin alike. */
const shortId = (id: string) => `…${id.slice(-8)}`

const listed = (tags: Readonly<Record<string, string>>) =>
  printable(
    Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
  )
