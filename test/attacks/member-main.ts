/**
 * One honest member in a process of its own, in one room and one shared config. Argument: its options as JSON.
 *
 * Prints events as `hearsay join --json` does. On the line `report` it prints its state after a garbage collection, and on
 * the line `leave` it leaves and ends.
 */
import { createInterface } from 'node:readline'
import { type Cluster, type JoinOptions, joinCluster } from '@hearsay/core'
import { until } from '../helpers/until.ts'
import { memberName } from '../processes/subject.ts'
import { configName, documentName, documentText, roomName, signedRoomName } from './honest-state.ts'
import type { MemberReport } from './member-report.ts'

const options: JoinOptions = JSON.parse(process.argv[2] ?? '{}')
const isFirst = options.bootstrap === undefined
print({ event: 'joining' })
const cluster = await joinCluster(options)
for (const event of ['join', 'suspect', 'recover', 'fail', 'leave'] as const)
  cluster.events.addEventListener(event, ({ detail: { id, name } }) => {
    print({ event, id, name })
  })
const room = await cluster.room(roomName)
const config = await cluster.config(configName)
await until(cluster.members, all => all.some(({ name }) => name === memberName(0)))
const writers = cluster.members.getSnapshot().flatMap(({ id, name }) => (name === memberName(0) ? id : []))
const signed = (await cluster.room(signedRoomName, { writers })).document(documentName).doc.getText('text')
room.presence.set({ name: cluster.self.name })
const { doc } = room.document(documentName)
let author = 0
if (isFirst) {
  doc.getText('text').insert(0, documentText)
  signed.insert(0, documentText)
  author = doc.clientID
}
const { id, incarnation, addresses } = cluster.self
print({ event: 'ready', id, incarnation, addresses, author })

createInterface({ input: process.stdin }).on('line', line => {
  if (line === 'report') void report(cluster).then(report => print({ event: 'report', report }))
  if (line === 'leave') void cluster.leave().then(() => process.exit())
})

async function report({ members, health }: Cluster): Promise<MemberReport> {
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  return {
    residentMb: rss / 2 ** 20,
    keptMb: (heapUsed + external) / 2 ** 20,
    alive: members.getSnapshot().flatMap(member => (member.status === 'alive' ? member.id : [])),
    health: health.getSnapshot(),
    text: doc.getText('text').toString(),
    signedText: signed.toString(),
    present: room.presence.others.getSnapshot().length,
    configError: await setError(),
  }
}

/** Why an honest write fails. */
function setError(): Promise<string | undefined> {
  return config.set(`of ${cluster.self.name}`, Date.now()).then(
    () => undefined,
    (error: Error) => error.message,
  )
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
