import { joinCluster } from '@hearsay/core'
import { runLines } from './lines.ts'
import { runScreen } from './screen.ts'
import type { Shown } from './shown.ts'

const [name = 'ada', ...bootstrap] = process.argv.slice(2)
const cluster = await joinCluster({ cluster: process.env['CLUSTER'] ?? 'presence', name, bootstrap })
const room = await cluster.room<Shown>('lobby')
console.log(`${name} listens on ${cluster.self.addresses[0]}`)

await (process.stdin.isTTY && process.stdout.isTTY ? runScreen(cluster, room) : runLines(cluster, room))
await cluster.leave()
