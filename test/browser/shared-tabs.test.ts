/** Tabs of one browser that share a member, as a member in Node sees them. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, joinCluster, type Room } from '@hearsay/core'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../helpers/until.ts'
import { launchChromium, launchDesktop, skipsBrowser } from './chromium.ts'
import { openSite, type Site } from './site.ts'
import { Tab } from './tab.ts'

interface Shown {
  readonly cursor: number
}

let site: Site
let browser: Browser
let context: BrowserContext
/** The other device. */
let other: Cluster
let room: Room<Shown>
/** The events about the tabs' member that the other device received. */
let events: string[]

beforeAll(async () => {
  if (!skipsBrowser) [site, browser] = await Promise.all([openSite(), launchChromium()])
})

beforeEach(async () => {
  if (skipsBrowser) return
  context = await browser.newContext()
  other = await joinCluster({
    cluster: randomUUID(),
    name: 'other',
    relay: true,
    listen: ['/ip4/127.0.0.1/tcp/0/ws'],
    mdns: false,
  })
  room = await other.room<Shown>('design')
  events = []
  for (const event of ['join', 'suspect', 'fail', 'leave'] as const)
    other.events.addEventListener(event, ({ detail: { name } }) => events.push(`${event} ${name}`))
})

afterEach(async () => {
  if (skipsBrowser) return
  await context.close()
  await other.leave()
})

afterAll(async () => {
  if (skipsBrowser) return
  await browser.close()
  await site.close()
})

async function openTabs(count: number, browser = context, isPrepared = false): Promise<Tab[]> {
  const options = { cluster: other.name, name: 'browser', bootstrap: other.self.addresses }
  const tabs: Tab[] = []
  for (let i = 0; i < count; i++) {
    const tab = await Tab.joinShared(browser, site.url, options, isPrepared)
    await tab.ask('enter')
    tabs.push(tab)
  }
  return tabs
}

/** Resolves when the other device shows these cursors, each as a view of one member. */
async function untilShown(...cursors: readonly number[]): Promise<void> {
  await until(room.presence.others, others =>
    cursors.every(cursor =>
      others.some(({ views }) => views.some(({ presence }) => presence.cursor === cursor)),
    ),
  )
}

const attention = (): string | undefined =>
  other.members.getSnapshot().find(({ name }) => name === 'browser')?.attention.state

/** Resolves when the other device shows the tabs' member with this attention. */
async function untilAttention(state: string): Promise<void> {
  await until(other.members, () => attention() === state)
}

/** @returns a function that returns the attentions that the other device has shown since, in order */
function followAttention(): () => readonly (string | undefined)[] {
  const states = [attention()]
  other.members.subscribe(() => {
    if (attention() !== states.at(-1)) states.push(attention())
  })
  return () => states.slice(1)
}

describe.skipIf(skipsBrowser)('tabs that share a member', { timeout: 60_000 }, () => {
  it('are one member, with a view for each tab', async () => {
    const tabs = await openTabs(3)
    for (const [i, tab] of tabs.entries()) await tab.ask('show', i)
    await untilShown(0, 1, 2)
    expect(other.members.getSnapshot()).toHaveLength(2)
    expect(room.presence.others.getSnapshot()).toHaveLength(1)
    expect(await Promise.all(tabs.map(tab => tab.ask('isLeader')))).toEqual([true, false, false])
    await tabs[2]?.close()
    await until(room.presence.others, ([shown]) => shown?.views.length === 2)
    expect(events).toEqual(['join browser'])
  })

  it('go on in another tab when the leader crashes', async () => {
    const [leader, ...rest] = await openTabs(3)
    const [second, third] = rest as [Tab, Tab]
    room.presence.set({ cursor: 7 })
    for (const tab of rest) await tab.ask('sawCursor', 'other', 7)
    await second.ask('show', 1)
    await untilShown(1)
    await leader?.crash()
    room.presence.set({ cursor: 8 })
    for (const tab of rest) await tab.ask('sawCursor', 'other', 8)
    await third.ask('show', 2)
    await untilShown(1, 2)
    expect(await second.ask('isLeader')).toBe(true)
    // On a machine that is busy enough, the other device finds the crash before the next tab has joined.
    expect(events).not.toContain('leave browser')
    expect(room.presence.others.getSnapshot()).toHaveLength(1)
    for (const tab of rest) expect(await tab.ask('sightings')).toEqual([])
  })

  it('go on in a prepared tab after each of two crashes, as the same member', async () => {
    const [leader, ...rest] = await openTabs(3, context, true)
    const [second, third] = rest as [Tab, Tab]
    for (const [crashed, next] of [
      [leader as Tab, second],
      [second, third],
    ] as const) {
      while (!(await next.ask('isPrepared'))) await sleep(50)
      await crashed.crash()
      await third.ask('show', 1)
      await untilShown(1)
      while (!(await next.ask('isLeader'))) await sleep(50)
      await third.ask('show', 2)
      await untilShown(2)
    }
    expect(other.members.getSnapshot()).toHaveLength(2)
    expect(events).not.toContain('leave browser')
  })

  it('go on in the third tab when the second one crashes while it takes over', async () => {
    const [leader, second, third] = (await openTabs(3, context, true)) as [Tab, Tab, Tab]
    await third.ask('show', 1)
    await untilShown(1)
    await leader.crash()
    await second.crash()
    await third.ask('show', 2)
    await untilShown(2)
    expect(await third.ask('isLeader')).toBe(true)
    expect(other.members.getSnapshot()).toHaveLength(2)
    expect(events).not.toContain('leave browser')
  })

  it('go on in another tab when the leader is closed, and leave with the last one', async () => {
    const [leader, second] = (await openTabs(2)) as [Tab, Tab]
    await second.ask('write', 'kept')
    await leader.ask('read', 'kept')
    await leader.close()
    await second.ask('write', ' on')
    while (room.doc.getText('notes').toString() !== 'kept on')
      await new Promise<void>(resolve => room.doc.once('update', () => resolve()))
    expect(await second.ask('isLeader')).toBe(true)
    expect(events).toEqual(['join browser'])
    await second.close()
    await until(other.members, members => members.some(({ status }) => status === 'left'))
    expect(events).toEqual(['join browser', 'leave browser'])
  })

  it('go on in another tab when the leader is frozen, as the same member', async () => {
    // Only a browser with its default settings hides tabs, and only a hidden tab is frozen.
    const desktop = await launchDesktop()
    const [leader, second] = (await openTabs(2, desktop.context)) as [Tab, Tab]
    await leader.ask('show', 1)
    await untilShown(1)
    await second.page.bringToFront()
    const session = await desktop.context.newCDPSession(leader.page)
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    while (!(await second.ask('isLeader'))) await sleep(100)
    await second.ask('show', 2)
    await untilShown(2)
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await leader.ask('show', 3)
    await untilShown(2, 3)
    expect(room.presence.others.getSnapshot()).toHaveLength(1)
    expect(events).toEqual(['join browser'])
    await desktop.close()
  })

  it('are active while one of them is visible, whichever leads, and hidden when none is', async () => {
    const desktop = await launchDesktop()
    const [leader, second] = (await openTabs(2, desktop.context)) as [Tab, Tab]
    await untilAttention('active')
    const states = followAttention()
    for (let i = 0; i < 3; i++)
      for (const tab of [leader, second]) {
        await tab.page.bringToFront()
        expect((await tab.ask('visibility')).state).toBe('visible')
      }
    // The record of the last change has arrived when a later presence has.
    await second.ask('show', 1)
    await untilShown(1)
    expect(states()).toEqual([])
    const elsewhere = await desktop.context.newPage()
    await elsewhere.bringToFront()
    await untilAttention('hidden')
    await second.page.bringToFront()
    await untilAttention('active')
    expect(states()).toEqual(['hidden', 'active'])
    expect(events).toEqual(['join browser'])
    await desktop.close()
  })

  it('go on in another tab when the view of the leader leaves', async () => {
    const [leader, second] = (await openTabs(2)) as [Tab, Tab]
    await leader.ask('leave')
    await second.ask('show', 3)
    await untilShown(3)
    await second.ask('leave')
    await until(other.members, members => members.some(({ status }) => status === 'left'))
    expect(events).toEqual(['join browser', 'leave browser'])
  })
})
