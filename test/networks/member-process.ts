/**
 * One member as a process of its own. Argument: its options as JSON, and a room that it enters.
 *
 * Prints a line for each event, and for each change of what it sees; lines on its stdin are appended to a document of the
 * room.
 */
import { createInterface } from 'node:readline'
import { type ClusterEventType, joinCluster } from '@hearsay/core'

const { room: roomName, ...options } = JSON.parse(process.argv[2] ?? '{}')
const print = (line: object) => console.log(JSON.stringify(line))

const cluster = await joinCluster(options)
const events: readonly ClusterEventType[] = ['join', 'suspect', 'recover', 'fail', 'leave']
for (const event of events)
  cluster.events.addEventListener(event, ({ detail: { name } }) => print({ event, name }))

const show = () =>
  print({
    members: cluster.members
      .getSnapshot()
      .map(({ name, status, addresses }) => ({ name, status, addresses })),
  })
cluster.members.subscribe(show)
show()

if (roomName !== undefined) {
  const room = await cluster.room(roomName)
  const text = room.doc.getText('text')
  text.observe(() => print({ text: text.toString() }))
  createInterface({ input: process.stdin }).on('line', line => text.insert(text.length, line))
}
