/** Tickets in pages: examples/presence-cursors, built as its users build it. A page invites, others join, in two browsers. */
import { fileURLToPath } from 'node:url'
import type { Cluster } from '@hearsay/core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { faultsOf } from './axe.ts'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { joinWith, startFounder } from './founder.ts'
import { readQrCode } from './read-qr-code.ts'
import { openSite, type Site } from './site.ts'

const within = { timeout: 30_000 }
const looks = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 400, height: 800 } }],
] as const
/** In Node, with the founder: with the two pages they are eight. */
const inNode = 5

describe.skipIf(skipsBrowser)('presence-cursors', { timeout: 90_000 }, () => {
  let browsers: [Browser, Browser]
  let site: Site
  let founder: Cluster
  let members: Cluster[]

  beforeAll(async () => {
    ;[site, founder, ...browsers] = await Promise.all([
      openSite(fileURLToPath(new URL('../../examples/presence-cursors', import.meta.url))),
      startFounder('presence-cursors'),
      // Two profiles: nothing is shared, not even the process.
      launchChromium(),
      launchChromium(),
    ])
    const { ticket } = await founder.invite()
    const others = await Promise.all(Array.from({ length: inNode }, (_, i) => joinWith(ticket, `node-${i}`)))
    members = [founder, ...others]
    await vi.waitUntil(() => members.every(each => aliveIn(each).length === members.length), within)
  }, 90_000)

  afterEach(async () => {
    for (const browser of browsers) for (const context of browser.contexts()) await context.close()
  })

  afterAll(async () => {
    await Promise.all(browsers.map(browser => browser.close()))
    await site.close()
    await Promise.all(members.map(member => member.leave()))
  })

  const aliveIn = (cluster: Cluster) =>
    cluster.members.getSnapshot().filter(({ status }) => status === 'alive')

  /** The ids that all members in Node see alive. */
  const aliveEverywhere = () => {
    const [first = new Set<string>(), ...others] = members.map(
      each => new Set(aliveIn(each).map(({ id }) => id)),
    )
    return [...first].filter(id => others.every(ids => ids.has(id)))
  }

  const linkOf = (ticket: string) => `${site.url}#hearsay=${ticket}`
  const guest = async () => (await founder.invite({ expiresInMs: 3_600_000 })).ticket
  const admin = async () => (await founder.invite({ roles: ['admin'], mayInvite: true })).ticket

  async function open(
    address: string,
    options?: BrowserContextOptions,
    browser = browsers[0],
  ): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage()
    await page.goto(address)
    return page
  }

  async function paste(page: Page, text: string): Promise<void> {
    await page.getByRole('textbox').fill(text)
    await page.getByRole('button', { name: 'Join' }).click()
  }

  /** Measures from the act until all members in Node see one member more. */
  async function timed(act: () => Promise<unknown>): Promise<number> {
    const before = aliveEverywhere().length
    const sinceMs = performance.now()
    const seen = new Promise<number>(resolve => {
      const look = () => {
        if (aliveEverywhere().length > before) resolve(performance.now() - sinceMs)
      }
      for (const { members: store } of members) store.subscribe(look)
    })
    await act()
    return await seen
  }

  it('joins with a pasted ticket in one browser and with a link in another one: all eight see both', async ({
    annotate,
  }) => {
    const one = await open(site.url)
    const ticket = await guest()
    const pastedMs = await timed(() => paste(one, `  ${ticket}\n`))
    const two = await open('about:blank', {}, browsers[1])
    const linkMs = await timed(() => two.goto(linkOf(ticket)))
    for (const page of [one, two]) await page.locator('li').nth(1).waitFor(within)
    expect(two.url()).toBe(site.url)
    expect(aliveEverywhere()).toHaveLength(members.length + 2)
    await annotate(`all members saw the first page after ${pastedMs.toFixed(0)} ms from the click`)
    await annotate(
      `all members saw the second page after ${linkMs.toFixed(0)} ms from the navigation, with its load`,
    )
    // A later visit needs no ticket.
    await two.reload()
    await two.locator('li').nth(1).waitFor(within)
  })

  it('shows the members and their pointers', async () => {
    const ticket = await guest()
    const [one, two] = [await open(linkOf(ticket)), await open(linkOf(ticket))]
    for (const page of [one, two]) await page.locator('li').nth(1).waitFor(within)
    await one.locator('main').hover()
    await two.locator('.cursor').waitFor(within)
    await one.locator('header').hover()
    await two.locator('.cursor').waitFor({ ...within, state: 'detached' })
    await one.close()
    await two
      .locator('li')
      .nth(1)
      .waitFor({ ...within, state: 'detached' })
  })

  it('a page invites, by link and QR code, and a guest cannot', async () => {
    const host = await open(linkOf(await admin()), { permissions: ['clipboard-read', 'clipboard-write'] })
    await host.getByRole('button', { name: 'Invite' }).click(within)
    const link = await host.getByRole('textbox', { name: 'Link' }).inputValue(within)
    expect(link).toMatch(/#hearsay=hearsay1\./)
    expect(await readQrCode(host)).toBe(link)
    await host.getByRole('button', { name: 'Copy' }).click()
    await host.getByText('Copied.').waitFor(within)
    expect(await host.evaluate(() => navigator.clipboard.readText())).toBe(link)
    const visitor = await open(link, {}, browsers[1])
    await visitor.locator('li').nth(1).waitFor(within)
    expect(await visitor.getByRole('button', { name: 'Invite' }).count()).toBe(0)
  })

  it('a second tab of the host may invite, too', async () => {
    const host = await open(linkOf(await admin()))
    await host.getByRole('button', { name: 'Invite' }).waitFor(within)
    const tab = await host.context().newPage()
    await tab.goto(site.url)
    await tab.getByRole('button', { name: 'Invite' }).click(within)
    await tab.getByRole('textbox', { name: 'Link' }).waitFor(within)
  })

  it('says in words what is wrong with a ticket, and takes another one', async () => {
    const page = await open(site.url)
    const ticket = await guest()
    await paste(page, 'hello')
    await page.getByRole('alert').getByText('this is not a ticket').waitFor(within)
    await paste(page, ticket.slice(0, -10))
    await page.getByRole('alert').getByText('Copy the whole ticket').waitFor(within)
    await paste(page, linkOf(ticket))
    await page.getByText('connected').waitFor(within)
  })

  it('a revoked guest sees the reason, and may use another ticket', async () => {
    const { ticket, id } = await founder.invite()
    const page = await open(linkOf(ticket))
    await page.getByText('connected').waitFor(within)
    await founder.revoke(id)
    await page.getByRole('button', { name: 'Use another ticket' }).click(within)
    await paste(page, await guest())
    await page.getByText('connected').waitFor(within)
  })

  it('a guest that was revoked itself joins with another invitation, as another member', async () => {
    const before = aliveEverywhere()
    const page = await open(linkOf(await guest()))
    await page.getByText('connected').waitFor(within)
    const first = await vi.waitUntil(() => aliveEverywhere().find(id => !before.includes(id)), within)
    await founder.revoke(first)
    await page.getByRole('button', { name: 'Use another ticket' }).click(within)
    await paste(page, await guest())
    await page.getByText('connected').waitFor(within)
    await vi.waitUntil(() => aliveEverywhere().some(id => ![...before, first].includes(id)), within)
  })

  it.each(looks)('has no accessibility fault that axe finds, and fits: %s', async (_, options) => {
    const width = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth)
    const door = await open(site.url, options)
    await door.getByRole('button', { name: 'Join' }).waitFor(within)
    expect(await faultsOf(door)).toEqual([])
    const page = await open(linkOf(await admin()), options)
    await page.getByText('connected').waitFor(within)
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Invite' }).click(within)
    await readQrCode(page)
    expect(await faultsOf(page)).toEqual([])
    for (const each of [door, page]) expect(await width(each)).toBe(each.viewportSize()?.width)
    const folder = process.env['HEARSAY_SHOTS']
    if (folder !== undefined) await page.screenshot({ path: `${folder}/cursors-${_}.png` })
  })
})
