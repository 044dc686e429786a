/** Background tabs, in a browser with its default settings. */
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { launchDesktop, skipsBrowser } from './chromium.ts'
import { Relay } from './relay.ts'
import { openSite, type Site } from './site.ts'
import { Tab } from './tab.ts'

let site: Site

beforeAll(async () => {
  if (skipsBrowser) return
  site = await openSite()
  return () => site.close()
})

interface TwoTabs {
  readonly relay: Relay
  /** The tab in front. */
  readonly front: Tab
  /** The one behind it. */
  readonly behind: Tab
}

/** A browser with two tabs that are connected, and a relay. They end with the test. */
async function openTwo({ onTestFinished }: TestContext): Promise<TwoTabs> {
  const desktop = await launchDesktop()
  onTestFinished(() => desktop.close())
  const cluster = randomUUID()
  const relay = await Relay.start(cluster, 'relay')
  onTestFinished(async () => {
    relay.process.signal('SIGKILL')
    await relay.process.exited
  })
  const join = (name: string) =>
    Tab.join(desktop.context, site.url, { cluster, name, bootstrap: relay.addresses })
  const behind = await join('behind')
  const front = await join('front')
  for (const [tab, other] of [
    [front, 'behind'],
    [behind, 'front'],
  ] as const)
    await tab.ask('isLinkedTo', other)
  return { relay, front, behind }
}

describe.skipIf(skipsBrowser).concurrent('a tab in the background', { timeout: 90_000 }, () => {
  it('is dead when it crashes, although it requested a lease', async test => {
    const { relay, front, behind } = await openTwo(test)
    await front.page.bringToFront()
    expect((await behind.ask('visibility')).state).toBe('hidden')
    await behind.crash()
    await relay.reports('fail', 'behind')
    await front.ask('seesStatus', 'behind', 'dead')
  })

  it('has left when it is closed', async test => {
    const { relay, front, behind } = await openTwo(test)
    await front.page.bringToFront()
    await behind.close()
    await relay.reports('leave', 'behind')
    await front.ask('seesStatus', 'behind', 'left')
    expect(relay.eventsAbout('behind')).not.toContain('suspect')
  })

  it('has left soon after its user navigated to another page', async test => {
    const { relay, front, behind } = await openTwo(test)
    await behind.page.bringToFront()
    await behind.page.goto('about:blank')
    await front.page.bringToFront()
    await Promise.race(['fail' as const, 'leave' as const].map(event => relay.reports(event, 'behind')))
    await front.ask('seesStatus', 'behind', 'dead', 'left')
  })
})
