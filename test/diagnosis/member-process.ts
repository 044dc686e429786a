/**
 * One member as its own process. The argument is JSON: the member's options, and by how much its wall clock is wrong.
 *
 * Prints its id and address, and its problems whenever they change. Reads commands from its stdin, one a line: `explain <id>`
 * prints the explanation, `block <ms>` blocks the event loop, `write` writes to a config. When its stdin ends, it leaves.
 */
import { createInterface } from 'node:readline'

const { clockAheadMs = 0, ...options } = JSON.parse(process.argv[2] ?? '{}')
if (clockAheadMs !== 0) {
  const { now } = Date
  Date.now = () => now() + clockAheadMs
}
const { joinCluster } = await import('@hearsay/core')
const print = (line: object) => console.log(JSON.stringify(line))

const cluster = await joinCluster(options)
const { id, addresses } = cluster.self
print({ id, address: addresses.find(address => address.includes('/tcp/')) })

let shown = ''
const watch = setInterval(() => {
  const { problems } = cluster.health.getSnapshot()
  const text = JSON.stringify({ problems })
  if (text !== shown) console.log(text)
  shown = text
}, 50)

createInterface({ input: process.stdin })
  .on('line', async line => {
    const [command, argument = ''] = line.split(' ')
    if (command === 'explain') print({ explained: await cluster.explain(argument) })
    if (command === 'write') await (await cluster.config('settings')).set('time', Date.now()).catch(() => {})
    if (command === 'block') for (const endMs = Date.now() + Number(argument); Date.now() < endMs; );
  })
  .on('close', async () => {
    clearInterval(watch)
    await cluster.leave()
  })
