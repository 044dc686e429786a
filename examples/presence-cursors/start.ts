/** Start: serves the page, and runs a member that connects the browsers to each other. */
import { joinCluster } from '@hearsay/core'
import { createServer } from 'vite'

const relay = await joinCluster({
  cluster: 'presence-cursors',
  name: 'relay',
  relay: true,
  listen: ['/ip4/127.0.0.1/tcp/4801/ws'],
  mdns: false,
})
const site = await createServer({ root: import.meta.dirname, server: { host: '127.0.0.1', port: 4800 } })
await site.listen()
console.log(`Open ${site.resolvedUrls?.local[0]} in two browsers. Ctrl-C ends it.`)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await Promise.all([site.close(), relay.leave()])
    process.exit(0)
  })
