/** The page of examples/electron-notes in Chromium, with the built preload script and a real member. */
import { fileURLToPath } from 'node:url'
import { type Cluster, joinCluster } from '@hearsay/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { faultsOf } from './axe.ts'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { ElectronPages } from './electron-page.ts'
import { openSite, type Site } from './site.ts'

const within = { timeout: 30_000 }

describe.skipIf(skipsBrowser)('the page of electron-notes', { timeout: 90_000 }, () => {
  let browser: Browser
  let site: Site
  let pages: ElectronPages
  let other: Cluster

  beforeAll(async () => {
    browser = await launchChromium()
    site = await openSite(fileURLToPath(new URL('../../examples/electron-notes', import.meta.url)))
    const cluster = `electron-notes ${process.pid}`
    pages = await ElectronPages.start(cluster)
    other = await joinCluster({
      cluster,
      name: 'other',
      listen: ['/ip4/127.0.0.1/tcp/0'],
      mdns: false,
      bootstrap: pages.member.self.addresses,
    })
  })

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
  })

  afterAll(async () => {
    await Promise.all([browser.close(), site.close(), other.leave(), pages.close()])
  })

  async function open(): Promise<Page> {
    const page = await browser.newPage()
    await pages.prepare(page)
    await page.goto(site.url)
    await page.getByText('connected').waitFor(within)
    return page
  }

  const note = (page: Page) => page.getByRole('textbox', { name: 'Note' })

  it('two windows are two views of one member, and share the note', async () => {
    const [one, two] = [await open(), await open()]
    const room = await other.room('notes')
    const views = () => room.presence.others.getSnapshot().flatMap(({ views }) => views).length
    await vi.waitUntil(() => views() === 2, within)
    await note(one).click()
    await one.keyboard.type('Milk')
    await note(two).getByText('Milk').waitFor(within)
    await vi.waitUntil(() => room.doc.getText('note').toString() === 'Milk', within)
    await two.getByText('other').waitFor(within)
    await one.close()
    await vi.waitUntil(() => views() === 1, within)
    expect(other.members.getSnapshot().map(({ status }) => status)).toEqual(['alive', 'alive'])
    room.leave()
  })

  it('goes on over another port when the process of the member has ended', async () => {
    const page = await open()
    const room = await other.room('notes')
    await note(page).click()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('before')
    await vi.waitUntil(() => room.doc.getText('note').toString() === 'before', within)
    pages.closePorts()
    await page.keyboard.type(' and after')
    await vi.waitUntil(() => room.doc.getText('note').toString() === 'before and after', within)
    room.leave()
  })

  it('has no accessibility fault that axe finds', async () => {
    expect(await faultsOf(await open())).toEqual([])
  })
})
