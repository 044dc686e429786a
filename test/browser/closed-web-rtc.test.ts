/// <reference lib="dom" />
/** What a page does when the other end of a WebRTC connection closes it. */
import { randomUUID } from 'node:crypto'
import { joinCluster } from '@hearsay/core'
import { expect, it } from 'vitest'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { openSite } from './site.ts'
import { Tab } from './tab.ts'

declare global {
  /** All WebRTC connections of a page. */
  var webRTCConnections: RTCPeerConnection[]
}

/** Chromium takes a connection whose other end is silent as interrupted after 5 s, and as failed after 15 s. */
const soonMs = 4_000

it.skipIf(skipsBrowser)(
  'a page closes a WebRTC connection as soon as its other end has closed it',
  async () => {
    const cluster = randomUUID()
    const listen = ['/ip4/127.0.0.1/tcp/0/ws']
    const node = await joinCluster({ cluster, relay: true, listen, mdns: false })
    const [site, browser] = await Promise.all([openSite(), launchChromium()])
    try {
      const context = await browser.newContext()
      await context.addInitScript(() => {
        globalThis.webRTCConnections = []
        globalThis.RTCPeerConnection = class extends RTCPeerConnection {
          constructor(configuration?: RTCConfiguration) {
            super(configuration)
            globalThis.webRTCConnections.push(this)
          }
        }
      })
      const join = (name: string) =>
        Tab.join(context, site.url, { cluster, name, bootstrap: node.self.addresses })
      const [first, second] = [await join('tab 1'), await join('tab 2')]
      await first.ask('isLinkedTo', 'tab 2')
      await second.ask('isLinkedTo', 'tab 1')
      const open = await second.page.evaluateHandle(() =>
        webRTCConnections.filter(({ connectionState }) => connectionState === 'connected'),
      )
      expect(await open.evaluate(connections => connections.length)).toBeGreaterThan(0)

      await first.page.evaluate(() => {
        for (const connection of webRTCConnections) connection.close()
      })
      await second.page.waitForFunction(
        connections => connections.every(({ connectionState }) => connectionState === 'closed'),
        open,
        { timeout: soonMs },
      )
    } finally {
      await browser.close()
      await site.close()
      await node.leave()
    }
  },
)
