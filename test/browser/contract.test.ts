/** The contract of a cluster, in Chromium: the view of a tab that does not lead, against a member in Node. */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { joinCluster } from '@hearsay/core'
import { serveCluster } from '@hearsay/port'
import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { launchChromium, skipsBrowser } from './chromium.ts'
import type { PageContract } from './contract/main.ts'
import { jsonPort } from './json-port.ts'
import { openSite } from './site.ts'

const root = fileURLToPath(new URL('contract', import.meta.url))

async function ask<M extends keyof PageContract>(
  page: Page,
  method: M,
  ...args: Parameters<PageContract[M]>
): Promise<Awaited<ReturnType<PageContract[M]>>> {
  return (await page.evaluate(
    ([method, args]) => {
      const { contract } = globalThis as unknown as {
        contract: Record<string, (...args: unknown[]) => unknown>
      }
      return contract[method]?.(...args)
    },
    [method, args] as const,
  )) as Awaited<ReturnType<PageContract[M]>>
}

describe.skipIf(skipsBrowser)('a cluster between tabs', () => {
  it('fulfils the contract', { timeout: 300_000 }, async () => {
    const [site, browser] = await Promise.all([openSite(root), launchChromium()])
    onTestFinished(async () => {
      await browser.close()
      await site.close()
    })
    const member = await joinCluster({
      cluster: `contract ${process.pid}`,
      relay: true,
      listen: ['/ip4/127.0.0.1/tcp/0/ws'],
      mdns: false,
    })
    onTestFinished(() => member.leave())
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    server.on('connection', socket => void serveCluster(member, jsonPort(socket)))
    const { port } = server.address() as { port: number }

    const options = { cluster: member.name, bootstrap: member.self.addresses, iceServers: [] }
    const context = await browser.newContext()
    const [leader, follower] = [await context.newPage(), await context.newPage()]
    for (const page of [leader, follower]) await page.goto(site.url)
    await ask(leader, 'join', options)
    const names = await ask(follower, 'begin', options, `ws://127.0.0.1:${port}`)
    expect(names.length).toBeGreaterThan(20)
    const failed: Record<string, string> = {}
    for (const name of names) {
      const error = await ask(follower, 'run', name)
      if (error !== undefined) failed[name] = error
    }
    expect(failed).toEqual({})
    await ask(follower, 'end')
    // The member of the tabs stays: it is the leader's.
    expect(member.members.getSnapshot().map(({ status }) => status)).toEqual(['alive', 'alive'])
  })
})
