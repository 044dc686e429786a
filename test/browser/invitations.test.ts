/** The page of an admin in Chromium: a user makes tickets and revokes members. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cluster } from '@hearsay/core'
import { type ControlSocket, serveControl } from '@hearsay/port/node'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { faultsOf } from './axe.ts'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { joinWith, startFounder } from './founder.ts'
import { MemberPage } from './member-page.ts'
import { readQrCode } from './read-qr-code.ts'

const within = { timeout: 30_000 }

describe.skipIf(skipsBrowser)('the page of an admin', { timeout: 120_000 }, () => {
  let folder: string
  let founder: Cluster
  let control: ControlSocket
  let readOnly: MemberPage
  let writable: MemberPage
  let browser: Browser
  const guests: Cluster[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hearsay-invitations-'))
    founder = await startFounder(`invitations ${process.pid}`)
    control = await serveControl(founder, { folder, allow: { invitations: true } })
    ;[readOnly, writable, browser] = await Promise.all([
      MemberPage.start(folder),
      MemberPage.start(folder, '--write'),
      launchChromium(),
    ])
  }, 120_000)

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
  })

  afterAll(async () => {
    await browser.close()
    await Promise.all([readOnly.end(), writable.end()])
    await control.close()
    await Promise.all([founder, ...guests].map(member => member.leave()))
    rmSync(folder, { recursive: true, force: true })
  })

  async function open({ url }: MemberPage, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, ...options })
    const page = await context.newPage()
    await page.goto(url)
    await page.getByText(/^founder is/).waitFor(within)
    return page
  }

  async function joinAs(name: string, ticket: string): Promise<Cluster> {
    const guest = await joinWith(ticket, name)
    guests.push(guest)
    return guest
  }

  const row = (page: Page, name: string): Locator =>
    page.getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) })
  const button = (page: Page, name: string): Locator => page.getByRole('button', { name })
  const isListed = (name: string) => founder.members.getSnapshot().some(member => member.name === name)

  it('makes a ticket with roles, with which a member joins, and shows the roles', async () => {
    const page = await open(writable)
    await page.getByLabel(/^Roles/).fill('operator, reader')
    await button(page, 'Make a ticket').click()
    const ticket = await page.locator('.made-ticket textarea').inputValue(within)
    expect(await readQrCode(page)).toBe(ticket)
    await joinAs('ada', ticket)
    await row(page, 'ada').getByText('operator, reader').waitFor(within)
    await row(page, 'ada').getByRole('button').click()
    expect(await page.locator('.record .tag').allTextContents()).toEqual(['operator', 'reader'])
    await page.getByRole('searchbox').fill('operator')
    await row(page, 'founder').waitFor({ ...within, state: 'detached' })
  })

  it('makes a link to an app', async () => {
    const page = await open(writable)
    await page.getByLabel(/^Address of your app/).fill('https://atlas.example.org/notes#top')
    await button(page, 'Make a ticket').click()
    const link = await page.getByLabel('Link with the ticket').inputValue(within)
    expect(link).toMatch(/^https:\/\/atlas\.example\.org\/notes#hearsay=hearsay1\./)
    await button(page, 'Done').click()
    await button(page, 'Make a ticket').waitFor(within)
  })

  it('says why it cannot make a ticket', async () => {
    const page = await open(writable)
    await page.getByLabel(/^Roles/).fill('Operator')
    await button(page, 'Make a ticket').click()
    await page.getByText(/^invite: roles:/).waitFor(within)
  })

  it('revokes a member after a confirmation, and the ticket', async () => {
    const page = await open(writable)
    await button(page, 'Make a ticket').click()
    const ticket = await page.locator('.made-ticket textarea').inputValue(within)
    await joinAs('bob', ticket)
    await joinAs('cyd', ticket)
    await row(page, 'bob').getByRole('button').click(within)
    const details = page.locator('.details')
    await details.getByRole('button', { name: 'Revoke …' }).click(within)
    await details.getByRole('button', { name: 'Keep it' }).click()
    expect(isListed('bob')).toBe(true)
    await details.getByRole('button', { name: 'Revoke …' }).click()
    await details.getByRole('button', { name: 'Yes, revoke bob' }).click()
    await vi.waitUntil(() => !isListed('bob'), within)
    expect(isListed('cyd')).toBe(true)
    const made = page.locator('.made-ticket')
    await made.getByRole('button', { name: 'Revoke …' }).click()
    await made.getByRole('button', { name: 'Yes, revoke it' }).click()
    await vi.waitUntil(() => !isListed('cyd'), within)
    await page.getByText('that joined with it are revoked').waitFor(within)
  })

  it('neither invites nor revokes without --write', async () => {
    await joinAs('dee', (await founder.invite()).ticket)
    const page = await open(readOnly)
    await row(page, 'dee').getByRole('button').click(within)
    await page.locator('.details').getByRole('heading', { name: 'dee' }).waitFor(within)
    expect(await button(page, 'Make a ticket').count()).toBe(0)
    expect(await button(page, 'Revoke …').count()).toBe(0)
  })

  it.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 400, height: 900 } }],
  ] as const)('has no accessibility fault that axe finds, and fits: %s', async (_, options) => {
    const page = await open(writable, options)
    expect(await faultsOf(page)).toEqual([])
    await button(page, 'Make a ticket').click()
    await readQrCode(page)
    expect(await faultsOf(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(page.viewportSize()?.width)
    const folder = process.env['HEARSAY_SHOTS']
    if (folder !== undefined) await page.screenshot({ path: `${folder}/page-${_}.png`, fullPage: true })
  })
})
