/** One member of the bench of authorities: joins with the options in its argument, and prints what the bench needs. */
import { type JoinOptions, joinCluster } from '@hearsay/core'

interface Order extends Omit<JoinOptions, 'authority'> {
  /** In base64. */
  readonly authority?: string
  /** The number of members when this one has joined. */
  readonly members: number
}

const { members, authority, ...options } = JSON.parse(process.argv[2] ?? '{}') as Order
const startMs = performance.now()
const cluster = await joinCluster({
  ...options,
  ...(authority !== undefined && { authority: Uint8Array.from(Buffer.from(authority, 'base64')) }),
  listen: ['/ip4/127.0.0.1/tcp/0'],
  mdns: false,
})
const joinedMs = performance.now() - startMs
const tickets = authority === undefined ? {} : { ticket: (await cluster.invite()).ticket }
const isComplete = () =>
  cluster.members.getSnapshot().filter(({ status }) => status === 'alive').length >= members
const complete = Promise.withResolvers<void>()
const stop = cluster.members.subscribe(() => {
  if (isComplete()) complete.resolve()
})
if (isComplete()) complete.resolve()
console.log(JSON.stringify({ event: 'listening', addresses: cluster.self.addresses, ...tickets }))
await complete.promise
stop()
console.log(JSON.stringify({ event: 'complete', joinedMs, seesAllMs: performance.now() - startMs }))
