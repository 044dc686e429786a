/** Background tabs, in a browser with its default settings. */
import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Desktop, launchDesktop, skipsBrowser } from './chromium.ts'
import { Relay } from './relay.ts'
import { openSite, type Site } from './site.ts'
import { Tab } from './tab.ts'

let site: Site
let desktop: Desktop
let relay: Relay
/** The tab in front. */
let front: Tab
/** The one behind it. */
let behind: Tab

beforeAll(async () => {
  if (skipsBrowser) return
  site = await openSite()
  return () => site.close()
})

beforeEach(async () => {
  if (skipsBrowser) return
  desktop = await launchDesktop()
  const cluster = randomUUID()
  relay = await Relay.start(cluster, 'relay')
  const join = (name: string) =>
    Tab.join(desktop.context, site.url, { cluster, name, bootstrap: relay.addresses })
  behind = await join('behind')
  front = await join('front')
  for (const [tab, other] of [
    [front, 'behind'],
    [behind, 'front'],
  ] as const)
    await tab.ask('isLinkedTo', other)
})

afterEach(async () => {
  if (skipsBrowser) return
  await desktop.close()
  relay.process.signal('SIGKILL')
  await relay.process.exited
})

describe.skipIf(skipsBrowser)('a tab in the background', { timeout: 60_000 }, () => {
  it('is dead when it crashes, although it requested a lease', async () => {
    await front.page.bringToFront()
    expect((await behind.ask('visibility')).state).toBe('hidden')
    await behind.crash()
    await relay.reports('fail', 'behind')
    await front.ask('seesStatus', 'behind', 'dead')
  })

  it('has left when it is closed', async () => {
    await front.page.bringToFront()
    await behind.close()
    await relay.reports('leave', 'behind')
    await front.ask('seesStatus', 'behind', 'left')
    expect(relay.eventsAbout('behind')).not.toContain('suspect')
  })

  it('has left soon after its user navigated to another page', async () => {
    await behind.page.bringToFront()
    await behind.page.goto('about:blank')
    await front.page.bringToFront()
    await Promise.race(['fail' as const, 'leave' as const].map(event => relay.reports(event, 'behind')))
    await front.ask('seesStatus', 'behind', 'dead', 'left')
  })
})
