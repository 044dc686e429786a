/** Lines: the example without a terminal. Each input line becomes presence; the presence of others is printed. */
import { createInterface } from 'node:readline'
import type { Cluster, Room } from '@hearsay/core'
import { printable, type Shown, shownBy } from './shown.ts'

/** Resolves at the first SIGINT. */
export async function runLines(cluster: Cluster, room: Room<Shown>): Promise<void> {
  const here = new Set<string>()
  const look = (id: string) => {
    const other = room.presence.others.getSnapshot().find(each => each.id === id)
    const name = nameOf(cluster, id)
    if (!other) {
      if (here.delete(id)) console.log(`${name} is gone`)
      return
    }
    if (!here.has(id)) console.log(`${name} is here`)
    here.add(id)
    const { text, cursor, typing } = shownBy(other.presence)
    if (text !== '')
      console.log(`${name}: ${text.slice(0, cursor)}|${text.slice(cursor)}${typing ? ' …' : ''}`)
  }
  for (const { id } of room.presence.others.getSnapshot()) look(id)
  room.presence.events.addEventListener('update', ({ detail: { id } }) => look(id))

  const input = createInterface({ input: process.stdin })
  input.on('line', text => room.presence.set({ text, cursor: text.length, typing: false }))
  await new Promise<void>(resolve => process.once('SIGINT', () => resolve()))
  process.stdin.destroy()
}

function nameOf(cluster: Cluster, id: string): string {
  return printable(cluster.members.getSnapshot().find(member => member.id === id)?.name ?? id)
}
