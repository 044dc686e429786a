/** Workers as members: they have WebSockets, but neither a document nor WebRTC. */
import { randomUUID } from 'node:crypto'
import { type Cluster, type JoinOptions, joinCluster } from '@hearsay/core'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { openSite, type Site } from './site.ts'
import { Tab } from './tab.ts'

let site: Site
let browser: Browser
let node: Cluster
let options: JoinOptions

beforeAll(async () => {
  if (!skipsBrowser) [site, browser] = await Promise.all([openSite(), launchChromium()])
})

beforeEach(async () => {
  if (skipsBrowser) return
  const cluster = randomUUID()
  const listen = ['/ip4/127.0.0.1/tcp/0/ws']
  node = await joinCluster({ cluster, name: 'node', relay: true, listen, mdns: false })
  options = { cluster, bootstrap: node.self.addresses }
})

afterEach(async () => {
  if (skipsBrowser) return
  for (const context of browser.contexts()) await context.close()
  await node.leave()
})

afterAll(async () => {
  if (skipsBrowser) return
  await browser.close()
  await site.close()
})

describe.skipIf(skipsBrowser)('a worker of a page', { timeout: 60_000 }, () => {
  it.each(['worker', 'shared-worker'])('is a member: %s', async kind => {
    const room = await node.room('design')
    const tab = await Tab.join(browser, site.url, { ...options, name: 'tab' })
    const worker = await Tab.join(browser, `${site.url}#${kind}`, { ...options, name: kind, storage: 'me' })
    for (const each of [tab, worker]) {
      await each.ask('sees', { node: 'alive', tab: 'alive', [kind]: 'alive' })
      await each.ask('enter')
    }
    await worker.ask('show', 1)
    await tab.ask('sawCursor', kind, 1)
    await tab.ask('write', 'met')
    await worker.ask('read', 'met')
    room.leave()
    const failed = new Promise<string>(resolve => {
      node.events.addEventListener('fail', ({ detail: { name } }) => resolve(name))
    })
    await worker.close()
    expect(await failed).toBe(kind)
  })

  it('reports that it has no addresses of its own', async () => {
    const joining = Tab.join(browser, `${site.url}#worker`, { ...options, listen: ['/webrtc'] })
    await expect(joining).rejects.toThrow("leave 'listen' out")
  })
})
