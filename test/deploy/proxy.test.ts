/** A relay behind a proxy with TLS: pages join over HTTPS, and members in Node over wss. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { HearsayProcess } from '../../packages/cli/test/hearsay-process.ts'
import { launchChromium, skipsBrowser } from '../browser/chromium.ts'
import { openSite, type Site } from '../browser/site.ts'
import { Tab } from '../browser/tab.ts'
import { freePort, type ProxyName, TlsProxy, whyNoProxy } from './proxy.ts'

let site: Site
let browser: Browser

beforeAll(async () => {
  if (skipsBrowser) return
  // The names of docs/deploy.md lead to the proxy of the test.
  const names = '--host-resolver-rules=MAP *.example.org 127.0.0.1'
  ;[site, browser] = await Promise.all([openSite(), launchChromium([names])])
})

afterAll(async () => {
  if (skipsBrowser) return
  await browser.close()
  await site.close()
})

interface Bench {
  readonly cluster: string
  readonly proxy: TlsProxy
  readonly relay: HearsayProcess
  readonly context: BrowserContext
  /** Joins as a page of this name. */
  join(page: string, name: string): Promise<Tab>
}

async function startRelay(name: ProxyName): Promise<Bench> {
  const cluster = randomUUID()
  const relayPort = await freePort()
  const proxy = await TlsProxy.start({ name, relayPort, page: site.url })
  onTestFinished(() => proxy.close())
  const relay = new HearsayProcess(
    ...['relay', cluster, '--json', '--no-mdns', '--name', 'relay'],
    ...['--listen', '/ip4/127.0.0.1/tcp/0', '--listen', `/ip4/127.0.0.1/tcp/${relayPort}/ws`],
    ...['--announce', `/dns4/relay.example.org/tcp/${proxy.port}/wss`],
    ...['--announce', `/dns4/localhost/tcp/${proxy.port}/wss`],
    ...['--origin', `https://app.example.org:${proxy.port}`],
  )
  await relay.json(({ event }) => event === 'ready')
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  onTestFinished(() => context.close())
  const bootstrap = [`/dns4/relay.example.org/tcp/${proxy.port}/wss`]
  const join = (page: string, name: string) =>
    Tab.join(context, `https://${page}:${proxy.port}/`, { cluster, name, bootstrap })
  return { cluster, proxy, relay, context, join }
}

/** The HTTP status of the answer to a page of this origin. */
function statusFor(proxy: TlsProxy, origin: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const ca = readFileSync(proxy.certificate)
    const socket = new WebSocket(`wss://localhost:${proxy.port}/`, { origin, ca })
    socket.once('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.once('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy()
      resolve(statusCode)
    })
    socket.once('error', reject)
  })
}

for (const name of ['nginx', 'caddy'] as const) {
  const reason = skipsBrowser ? 'HEARSAY_SKIP_BROWSER is set' : whyNoProxy(name)
  if (reason !== undefined) console.warn(`LEFT OUT: a relay behind ${name}: ${reason}.`)

  describe.skipIf(reason !== undefined)(`a relay behind ${name}`, { timeout: 240_000 }, () => {
    it('lets pages over HTTPS and members in Node join, and pages meet directly', async () => {
      const { cluster, proxy, join } = await startRelay(name)
      const bootstrap = `/dns4/localhost/tcp/${proxy.port}/wss`
      new HearsayProcess(
        { NODE_EXTRA_CA_CERTS: proxy.certificate },
        ...['join', cluster, '--name', 'node', '--no-mdns', '--json', '--bootstrap', bootstrap],
        ...['--listen', '/ip4/127.0.0.1/tcp/0'],
      )
      const [first, second] = [await join('app.example.org', 'tab 1'), await join('app.example.org', 'tab 2')]
      const all = { relay: 'alive', node: 'alive', 'tab 1': 'alive', 'tab 2': 'alive' }
      await Promise.all([first, second].map(tab => tab.ask('sees', all)))
      await first.ask('isLinkedTo', 'tab 2')
    })

    it('refuses pages of other origins', async () => {
      const { proxy, context } = await startRelay(name)
      expect(await statusFor(proxy, `https://app.example.org:${proxy.port}`)).toBe(101)
      expect(await statusFor(proxy, `https://other.example.org:${proxy.port}`)).toBe(403)
      const outcomes = await Promise.all(
        ['app', 'other'].map(async host => {
          const page = await context.newPage()
          await page.goto(`https://${host}.example.org:${proxy.port}/`)
          return await page.evaluate(
            url =>
              new Promise(resolve => {
                const socket = new globalThis.WebSocket(url)
                socket.onopen = () => resolve('open')
                socket.onclose = () => resolve('closed')
              }),
            `wss://relay.example.org:${proxy.port}/`,
          )
        }),
      )
      expect(outcomes).toEqual(['open', 'closed'])
    })

    // Caddy waits for its connections when it ends.
    it.runIf(name === 'nginx')('is back for pages after the proxy was restarted', async () => {
      const { proxy, join } = await startRelay(name)
      const [first, second] = [await join('app.example.org', 'tab 1'), await join('app.example.org', 'tab 2')]
      const all = { relay: 'alive', 'tab 1': 'alive', 'tab 2': 'alive' }
      await Promise.all([first, second].map(tab => tab.ask('sees', all)))
      await first.ask('isLinkedTo', 'tab 2')
      await proxy.stop()
      await Promise.all([first, second].map(tab => tab.ask('sees', { ...all, relay: 'dead' })))
      await proxy.start()
      await Promise.all([first, second].map(tab => tab.ask('sees', all)))
      await Promise.all([first, second].map(tab => tab.ask('isLinkedTo', 'relay')))
    })
  })
}
