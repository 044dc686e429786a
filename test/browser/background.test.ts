/** Tabs behind another one, in a browser as people have it. */
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
  await relay.process.gone
})

describe.skipIf(skipsBrowser)('a tab in the background', { timeout: 60_000 }, () => {
  it('is dead when it crashes, though it had asked for patience', async () => {
    await front.page.bringToFront()
    expect((await behind.ask('visibility')).state).toBe('hidden')
    await behind.crash()
    await relay.tells('fail', 'behind')
    await front.ask('seesStatus', 'behind', 'dead')
  })

  it('has left when it is closed', async () => {
    await front.page.bringToFront()
    await behind.close()
    await relay.tells('leave', 'behind')
    await front.ask('seesStatus', 'behind', 'left')
    expect(relay.toldOf('behind')).not.toContain('suspect')
  })

  it('is gone soon when its user went on to another page', async () => {
    await behind.page.bringToFront()
    await behind.page.goto('about:blank')
    await front.page.bringToFront()
    await Promise.race(['fail' as const, 'leave' as const].map(event => relay.tells(event, 'behind')))
    await front.ask('seesStatus', 'behind', 'dead', 'left')
  })
})
