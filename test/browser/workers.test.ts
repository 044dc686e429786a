/** Workers as members: they have WebSockets, but neither a document nor WebRTC. */
import { randomUUID } from 'node:crypto'
import { type Cluster, type JoinOptions, joinCluster } from '@hearsay/core'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { openSite, type Site } from './site.ts'
import { Tab } from './tab.ts'

let site: Site
let browser: Browser

beforeAll(async () => {
  if (!skipsBrowser) [site, browser] = await Promise.all([openSite(), launchChromium()])
})

afterAll(async () => {
  if (skipsBrowser) return
  await browser.close()
  await site.close()
})

interface Started {
  readonly context: BrowserContext
  readonly node: Cluster
  readonly options: JoinOptions
}

/** A member in Node, and a browser context for members of its cluster. They end with the test. */
async function start({ onTestFinished }: TestContext): Promise<Started> {
  const cluster = randomUUID()
  const listen = ['/ip4/127.0.0.1/tcp/0/ws']
  const node = await joinCluster({ cluster, name: 'node', relay: true, listen, mdns: false })
  onTestFinished(() => node.leave())
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  return { context, node, options: { cluster, bootstrap: node.self.addresses } }
}

describe.skipIf(skipsBrowser).concurrent('a worker of a page', { timeout: 180_000 }, () => {
  it.for(['worker', 'shared-worker'])('is a member: %s', async (kind, test) => {
    const { context, node, options } = await start(test)
    const room = await node.room('design')
    const tab = await Tab.join(context, site.url, { ...options, name: 'tab' })
    const worker = await Tab.join(context, `${site.url}#${kind}`, { ...options, name: kind, storage: 'me' })
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

  it('reports that it has no addresses of its own', async test => {
    const { context, options } = await start(test)
    const joining = Tab.join(context, `${site.url}#worker`, { ...options, listen: ['/webrtc'] })
    await expect(joining).rejects.toThrow("leave 'listen' out")
  })
})
