/** The hooks in Chromium with React's development build, against members in processes and in other pages. */
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { Relay } from './relay.ts'
import { openSite, type Site } from './site.ts'

let site: Site
let browser: Browser
let relay: Relay
let cluster: string

beforeAll(async () => {
  if (skipsBrowser) return
  const root = fileURLToPath(new URL('hooks', import.meta.url))
  ;[site, browser] = await Promise.all([openSite(root), launchChromium()])
})

afterEach(async () => {
  if (skipsBrowser) return
  for (const context of browser.contexts()) await context.close()
  relay.process.signal('SIGKILL')
  await relay.process.exited
})

afterAll(async () => {
  if (skipsBrowser) return
  await browser.close()
  await site.close()
})

/** A page that renders the results of its hooks. */
class Hooked {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** Resolves when this hook renders exactly this text. */
  async shows(what: string, text: string): Promise<void> {
    await this.page
      .getByTestId(what)
      .and(this.page.getByText(text, { exact: true }))
      .waitFor({ state: 'attached' })
  }

  async click(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click()
  }

  /** Resolves when `count` more heartbeats of other members have arrived. */
  async heartbeats(count: number): Promise<void> {
    await this.page.evaluate(
      count => (window as unknown as { heartbeats(count: number): Promise<void> }).heartbeats(count),
      count,
    )
  }

  /** How often a component has rendered so far. */
  async timesShown(what: string): Promise<number> {
    return await this.page.evaluate(
      what => (window as unknown as { shown: Record<string, number> }).shown[what] ?? 0,
      what,
    )
  }
}

/** A member in a process, and two pages with all hooks. */
async function openTwo(entry: 'plain' | 'suspense'): Promise<[Hooked, Hooked]> {
  cluster = randomUUID()
  relay = await Relay.start(cluster, 'relay')
  const open = async (name: string) => {
    const page = await (await browser.newContext()).newPage()
    const query = new URLSearchParams({ cluster, name })
    for (const address of relay.addresses) query.append('bootstrap', address)
    if (entry === 'suspense') query.set('suspense', '')
    await page.goto(`${site.url}?${query}`)
    return new Hooked(page)
  }
  return [await open('ada'), await open('ben')]
}

const all = JSON.stringify({ ada: 'alive', ben: 'alive', relay: 'alive' })

describe.skipIf(skipsBrowser).each(['plain', 'suspense'] as const)(
  'hooks, the %s entry',
  { timeout: 60_000 },
  entry => {
    it('show members, presence, documents, configs and broadcasts of real members', async () => {
      const [ada, ben] = await openTwo(entry)
      for (const page of [ada, ben]) {
        await page.shows('members', all)
        await page.shows('count', '3')
        await page.shows('visible', '3')
        await page.shows('status', 'connected')
        await page.shows('cluster', cluster)
        await page.shows('room', 'design')
        for (const name of ['ada', 'ben', 'relay']) await page.shows('one', `${name} is alive`)
      }
      await ada.shows('self', 'ada')
      await ada.shows('others', 'ben at 0')
      await ben.shows('others', 'ada at 0')
      await ada.click('Move')
      await ada.shows('own', '{"name":"ada","place":7}')
      await ben.shows('others', 'ada at 7')
      await ben.shows('mapped', '7')
      await ada.click('Wave')
      await ben.shows('event', 'hello')
      await ada.click('Write')
      await ben.shows('text', 'written')
      await ada.click('Set')
      await ben.shows('color', 'red')
    })

    it('join and leave once, although StrictMode mounts everything twice', async () => {
      const [ada, ben] = await openTwo(entry)
      expect(await ben.timesShown('page')).toBe(2)
      await ada.shows('others', 'ben at 0')
      await ben.click('Leave')
      await ada.shows('others', '')
      await ben.click('Enter')
      await ada.shows('others', 'ben at 0')
      await ben.click('End')
      await ada.shows('members', JSON.stringify({ ada: 'alive', ben: 'left', relay: 'alive' }))
      await relay.reports('leave', 'ben')
      expect(relay.eventsAbout('ben').filter(event => event !== 'update')).toEqual(['join', 'leave'])
      expect(relay.eventsAbout('ada').filter(event => event !== 'update')).toEqual(['join'])
    })

    it('do not render for a heartbeat, and show a dead member', async () => {
      const [ada] = await openTwo(entry)
      await ada.shows('members', all)
      await ada.shows('others', 'ben at 0')
      const parts = [
        'members',
        'count',
        'self',
        'cluster',
        'room',
        'own',
        'others',
        'mapped',
        'acts',
        'color',
      ]
      const before = await Promise.all(parts.map(part => ada.timesShown(part)))
      await ada.heartbeats(2)
      expect(await Promise.all(parts.map(part => ada.timesShown(part)))).toEqual(before)
      relay.process.signal('SIGKILL')
      await ada.shows('members', JSON.stringify({ ada: 'alive', ben: 'alive', relay: 'dead' }))
      expect(await ada.timesShown('count')).toBe(before[1])
    })
  },
)
