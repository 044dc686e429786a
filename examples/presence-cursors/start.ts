/** Start: serves the page, and runs the member that founds the cluster and connects the browsers to each other. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAuthority, joinCluster } from '@hearsay/core'
import { createServer } from 'vite'

const folder = join(import.meta.dirname, '.hearsay')
await mkdir(folder, { recursive: true })

/** The same key at each start: it founded the cluster, and without it nobody could invite again. */
async function authorityKey(): Promise<Uint8Array> {
  const path = join(folder, 'authority')
  try {
    return new Uint8Array(await readFile(path))
  } catch {
    const { key } = await createAuthority()
    await writeFile(path, key, { mode: 0o600, flag: 'wx' })
    return key
  }
}

const relay = await joinCluster({
  cluster: 'presence-cursors',
  name: 'relay',
  authority: await authorityKey(),
  storage: join(folder, 'store'),
  relay: true,
  listen: ['/ip4/127.0.0.1/tcp/4801/ws'],
  mdns: false,
})
const site = await createServer({ root: import.meta.dirname, server: { host: '127.0.0.1', port: 4800 } })
await site.listen()
const { ticket } = await relay.invite({ roles: ['admin'], mayInvite: true })
console.log(`Open this link. Its page can invite others. Ctrl-C ends it.

${site.resolvedUrls?.local[0]}#hearsay=${ticket}
`)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await Promise.all([site.close(), relay.leave()])
    process.exit(0)
  })
