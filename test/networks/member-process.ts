/**
 * One member as its own process. The argument is JSON: the member's options, and the name of the room that the member
 * joins.
 *
 * Prints a line for each event and for each change of its view; appends lines from its stdin to a document of the room.
 * When its stdin ends, it leaves, prints the handles that still keep the process alive, and ends by itself.
 */
import { createInterface } from 'node:readline'
import { setImmediate as turn } from 'node:timers/promises'
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

let fault: string | undefined
const watch = setInterval(() => {
  const { localDiscoveryError = 'none' } = cluster.health.getSnapshot()
  if (localDiscoveryError !== fault) print({ fault: localDiscoveryError })
  fault = localDiscoveryError
}, 100)

const text = roomName === undefined ? undefined : (await cluster.room(roomName)).doc.getText('text')
text?.observe(() => print({ text: text.toString() }))

createInterface({ input: process.stdin })
  .on('line', line => text?.insert(text.length, line))
  .on('close', async () => {
    clearInterval(watch)
    await cluster.leave()
    const active = () => process.getActiveResourcesInfo().filter(name => !/Pipe|TTY|FS|CloseReq/.test(name))
    // A closed handle disappears only some turns of the event loop later.
    for (let turns = 0; turns < 10 && active().length > 0; turns++) await turn()
    print({ left: active() })
  })
