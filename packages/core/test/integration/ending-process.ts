/**
 * One member that leaves when its stdin ends; the process then ends by itself. Argument: its options as JSON. Prints the
 * handles that keep the process alive after the member has left or failed to join: there should be only pipes and files.
 */
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { joinCluster } from '../../src/libp2p/node/join-cluster.ts'

try {
  const cluster = await joinCluster(JSON.parse(process.argv[2] ?? '{}'))
  if (process.stdin.resume().readableEnded === false) await once(process.stdin, 'end')
  await cluster.leave()
} catch (error) {
  console.error(error instanceof Error ? error.name : error)
}
const active = () => process.getActiveResourcesInfo().filter(name => !/Pipe|TTY|FS|CloseReq/.test(name))
// Closed handles disappear some turns of the event loop later.
for (let turns = 0; turns < 10 && active().length > 0; turns++) await turn()
console.log(active().join() || 'nothing')
