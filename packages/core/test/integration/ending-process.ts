/**
 * One member that leaves when its stdin ends, and ends by itself. Argument: its options as JSON. Prints what still keeps
 * the process alive when it has left, or could not join: nothing but pipes and files should.
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
// Handles that were closed are gone a turn later.
for (let turns = 0; turns < 2; turns++) await turn()
const ours = process.getActiveResourcesInfo().filter(name => !/Pipe|TTY|FS/.test(name))
console.log(ours.join() || 'nothing')
