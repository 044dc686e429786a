/**
 * Silent connections: how long a member takes to join while others hold connections that send nothing.
 *
 * Build first, then `node bench/silent-connections.ts 1500`.
 */
import { connect, type Socket } from 'node:net'
import { joinCluster } from '../dist/index.js'

const counts = process.argv.slice(2).map(Number)
const options = { cluster: 'silent', mdns: false, listen: ['/ip4/127.0.0.1/tcp/0'] }

for (const count of counts.length > 0 ? counts : [0, 1_500]) {
  const first = await joinCluster({ ...options, name: 'first' })
  const [address = ''] = first.self.addresses
  const port = Number(/\/tcp\/(\d+)/.exec(address)?.[1])
  const sockets: Socket[] = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Socket>(resolve => {
          const socket = connect(port, '127.0.0.1')
          socket.on('error', () => resolve(socket)).once('connect', () => resolve(socket))
        }),
    ),
  )
  const sinceMs = performance.now()
  const joined = await joinCluster({ ...options, name: 'joined', bootstrap: [address] })
  while (joined.members.getSnapshot().length < 2) await new Promise(resolve => setTimeout(resolve, 5))
  const joinedMs = performance.now() - sinceMs
  console.log(
    `${count} silent connections: joined after ${joinedMs.toFixed(0)} ms, ${first.health.getSnapshot().droppedConnections} dropped`,
  )
  for (const socket of sockets) socket.destroy()
  await Promise.all([first.leave(), joined.leave()])
}
