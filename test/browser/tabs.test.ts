import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { joinCluster } from '@hearsay/core'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { Relay } from './relay.ts'
import { openSite, type Site } from './site.ts'
import { Tab } from './tab.ts'

let site: Site
let browser: Browser
const relays: Relay[] = []

beforeAll(async () => {
  if (skipsBrowser) return
  ;[site, browser] = await Promise.all([openSite(), launchChromium()])
})

afterAll(async () => {
  if (skipsBrowser) return
  await browser.close()
  await site.close()
})

afterEach(async () => {
  if (skipsBrowser) return
  for (const context of browser.contexts()) await context.close()
  for (const { process } of relays) process.signal('SIGKILL')
  await Promise.all(relays.splice(0).map(({ process }) => process.exited))
})

/** How long a member keeps a connection to a member that is no neighbour. */
const graceMs = 20_000

const names = ['tab 1', 'tab 2', 'tab 3'] as const

interface Mixed {
  readonly cluster: string
  readonly relays: readonly [Relay, Relay]
  readonly tabs: readonly [Tab, Tab, Tab]
}

/** Two processes and three tabs in one cluster; all see each other, and the tabs are connected directly. */
async function joinAll(): Promise<Mixed> {
  const cluster = randomUUID()
  const first = await Relay.start(cluster, 'relay 1')
  relays.push(first)
  const second = await Relay.start(cluster, 'relay 2', first.addresses)
  relays.push(second)
  const join = (name: string) => Tab.join(browser, site.url, { cluster, name, bootstrap: first.addresses })
  const tabs = [await join(names[0]), await join(names[1]), await join(names[2])] as const
  for (const tab of tabs) await tab.ask('sees', allAlive)
  for (const relay of [first, second]) for (const name of names) await relay.reports('join', name)
  for (const [i, tab] of tabs.entries())
    for (const name of names) if (name !== names[i]) await tab.ask('isLinkedTo', name)
  return { cluster, relays: [first, second], tabs }
}

const allAlive = {
  'relay 1': 'alive',
  'relay 2': 'alive',
  ...Object.fromEntries(names.map(name => [name, 'alive'])),
}

describe.skipIf(skipsBrowser)('tabs of a browser', { timeout: 60_000 }, () => {
  it("are members among processes, and see each other's presence", async () => {
    const { tabs } = await joinAll()
    await Promise.all(tabs.map(tab => tab.ask('enter')))
    const [first, second, third] = tabs
    for (const cursor of [1, 2, 3]) {
      await first.ask('show', cursor)
      await Promise.all([second, third].map(tab => tab.ask('sawCursor', 'tab 1', cursor)))
    }
  })

  it('find the others through any address that answers, and each other through any relay that is left', async () => {
    const cluster = randomUUID()
    const first = await Relay.start(cluster, 'relay 1')
    const second = await Relay.start(cluster, 'relay 2', first.addresses)
    relays.push(first, second)
    const bootstrap = ['/ip4/127.0.0.1/tcp/9/ws', ...first.addresses, ...second.addresses]
    const one = await Tab.join(browser, site.url, { cluster, name: 'tab 1', bootstrap })
    await one.ask('sees', { 'relay 1': 'alive', 'relay 2': 'alive', 'tab 1': 'alive' })
    first.process.signal('SIGKILL')
    await one.ask('seesStatus', 'relay 1', 'dead')
    const two = await Tab.join(browser, site.url, { cluster, name: 'tab 2', bootstrap })
    await two.ask('isLinkedTo', 'tab 1')
  })

  it('find each other long after they joined, among many members of which one is a relay', {
    // The waiting below is 26 s, and beside other tests 20 members in this process start slowly.
    timeout: 120_000,
  }, async () => {
    const cluster = randomUUID()
    const relay = await Relay.start(cluster, 'relay')
    relays.push(relay)
    const bootstrap = relay.addresses
    const listen = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws']
    const others = await Promise.all(
      Array.from({ length: 20 }, () => joinCluster({ cluster, bootstrap, listen, mdns: false })),
    )
    const join = (name: string) => Tab.join(browser, site.url, { cluster, name, bootstrap })
    const [one, two] = [await join('tab 1'), await join('tab 2')]
    for (const tab of [one, two]) await tab.ask('seesStatus', 'relay', 'alive')
    // By then the connections to members that are no neighbours are closed.
    await sleep(graceMs + 6_000)
    await Promise.all([one, two].map(tab => tab.ask('enter')))
    await one.ask('show', 1)
    await two.ask('sawCursor', 'tab 1', 1)
    await Promise.all(others.map(other => other.leave()))
  })

  it('report that they can dial none of their addresses', async () => {
    const bootstrap = ['/ip4/127.0.0.1/tcp/4001']
    const joining = Tab.join(browser, site.url, { cluster: randomUUID(), name: names[0], bootstrap })
    await expect(joining).rejects.toThrow('Give a WebSocket, like /ip4/192.0.2.1/tcp/4002/ws')
  })

  it('have left when they are closed, with everything published that was written until then', async () => {
    const { relays, tabs } = await joinAll()
    await Promise.all(tabs.map(tab => tab.ask('enter')))
    await tabs[0].ask('write', 'met')
    await tabs[2].ask('read', 'met')
    // Only the first write is published at once, the others together a little later.
    for (const text of 'abc') await tabs[2].ask('write', text)
    await tabs[2].close()
    for (const tab of tabs.slice(0, 2)) await tab.ask('read', 'metabc')
    for (const relay of relays) await relay.reports('leave', 'tab 3')
    for (const tab of tabs.slice(0, 2)) await tab.ask('sees', { ...allAlive, 'tab 3': 'left' })
    for (const relay of relays) expect(relay.eventsAbout('tab 3')).not.toContain('suspect')
  })

  it('are dead when they crash', async () => {
    const { relays, tabs } = await joinAll()
    await tabs[1].crash()
    for (const relay of relays) await relay.reports('fail', 'tab 2')
    for (const tab of [tabs[0], tabs[2]]) await tab.ask('sees', { ...allAlive, 'tab 2': 'dead' })
  })

  it('stay connected to each other when no relay is left', async () => {
    const { relays, tabs } = await joinAll()
    await Promise.all(tabs.map(tab => tab.ask('enter')))
    for (const { process } of relays) process.signal('SIGKILL')
    for (const tab of tabs) await tab.ask('sees', { ...allAlive, 'relay 1': 'dead', 'relay 2': 'dead' })
    await tabs[0].ask('show', 7)
    await Promise.all(tabs.slice(1).map(tab => tab.ask('sawCursor', 'tab 1', 7)))
  })
})
