/** The page of a running member, operated as by a user. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ControlSocket, serveControl } from '@hearsay/port/node'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RealTimeCluster, startRealTime } from '../helpers/real-time.ts'
import { faultsOf } from './axe.ts'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { MemberPage } from './member-page.ts'

const members = 60
const within = { timeout: 30_000 }
const narrow = { width: 400, height: 900 }

let folder: string
let simulated: RealTimeCluster
let control: ControlSocket
let readOnly: MemberPage
let writable: MemberPage
let browser: Browser

beforeAll(async () => {
  if (skipsBrowser) return
  folder = mkdtempSync(join(tmpdir(), 'hearsay-page-'))
  // A cluster that has just started keeps this process busy.
  simulated = await startRealTime(members, 10_000)
  control = await serveControl(simulated.cluster, { folder })
  ;[readOnly, writable, browser] = await Promise.all([
    MemberPage.start(folder),
    MemberPage.start(folder, '--write'),
    launchChromium(),
  ])
}, 120_000)

afterEach(async () => {
  if (skipsBrowser) return
  for (const context of browser.contexts()) await context.close()
})

afterAll(async () => {
  if (skipsBrowser) return
  await browser.close()
  await Promise.all([readOnly.end(), writable.end()])
  await control.close()
  await simulated.end()
  rmSync(folder, { recursive: true, force: true })
})

async function open({ url }: MemberPage, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, ...options })
  const page = await context.newPage()
  await page.goto(url)
  await page.getByText('m0 is connected').waitFor(within)
  return page
}

const row = (page: Page, name: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) })

describe.skipIf(skipsBrowser)('the page of a member', { timeout: 120_000 }, () => {
  it('lists what failed first, finds members, and explains them', async () => {
    const page = await open(readOnly)
    simulated.simulation.crash(['m7'])
    await row(page, 'm7').locator('.status').getByText('dead').waitFor(within)
    await page.getByRole('log').getByText('m7 is dead').waitFor(within)
    const first = page.getByRole('row').nth(1)
    expect(await first.getByRole('button').textContent()).toBe('m7')
    // Far down the list, it is not rendered.
    await row(page, 'm59').waitFor({ ...within, state: 'detached' })
    await page.getByRole('searchbox').fill('m59')
    await row(page, 'm59').getByRole('button').click()
    await page.locator('.details').getByRole('heading', { name: 'm59' }).waitFor(within)
    await page.locator('.explained li').first().waitFor(within)
    expect(await page.locator('.explained').textContent()).toContain('/ip4/10.')
    await page.getByText('1 shown of').waitFor(within)
    await page.getByRole('searchbox').fill('nobody')
    await page.getByText('No member fits.').waitFor(within)
    await page.getByRole('searchbox').fill('')
    await page.getByRole('button', { name: /dead$/ }).click()
    await row(page, 'm7').waitFor({ ...within, state: 'detached' })
    simulated.simulation.restart('m7')
    await row(page, 'm7').locator('.status').getByText('alive').waitFor(within)
  })

  it('shows the problems that the health names', async () => {
    const page = await open(readOnly)
    expect(await page.locator('.problems li').count()).toBe(0)
    const heal = simulated.simulation.partition([
      ['m0'],
      Array.from({ length: members - 1 }, (_, i) => `m${i + 1}`),
    ])
    await page.getByText('cut-off', { exact: true }).waitFor({ timeout: 60_000 })
    // The page is a view: it shows each change a moment later.
    await expect
      .poll(
        async () => ({
          shown: await page.locator('.problems b').allTextContents(),
          named: simulated.cluster.health.getSnapshot().problems.map(({ name }) => name),
        }),
        within,
      )
      .toSatisfy(({ shown, named }) => shown.join() === named.join())
    heal()
    await page.getByText('m0 is connected').waitFor(within)
  })

  it('selects members in the drawing', async () => {
    const page = await open(readOnly)
    const mark = page.locator('.mark').nth(20)
    const pointed = page.locator('.named[data-pointed=true] text')
    // Members that were cut off return. Meanwhile the layout changes, and moves a mark away from the pointer.
    const point = async () => {
      await mark.hover({ force: true })
      return await pointed.count()
    }
    await expect.poll(point, within).toBe(1)
    const name = await pointed.textContent(within)
    await mark.click({ force: true })
    await page
      .locator('.details')
      .getByRole('heading', { name: name?.split(' ')[0] ?? '', exact: true })
      .waitFor(within)
  })

  it('has no controls without --write', async () => {
    const page = await open(readOnly)
    await page.getByText('read-only').waitFor(within)
    expect(await page.locator('.member-controls').count()).toBe(0)
  })

  it('changes the tags with --write', async () => {
    const [page, other] = [await open(writable), await open(readOnly)]
    await page.getByLabel(/^Tags/).fill('zone')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText("'zone' is not a tag").waitFor(within)
    await page.getByLabel(/^Tags/).fill('zone=b\nrole=host')
    await page.getByRole('button', { name: 'Save' }).click()
    await other.locator('.record .tag').getByText('zone=b').waitFor(within)
    await page.getByRole('button', { name: 'Leave …' }).click()
    await page.getByRole('button', { name: 'Stay' }).click()
    expect(simulated.cluster.self).toMatchObject({ status: 'alive', tags: { zone: 'b', role: 'host' } })
  })

  it('says that its server has ended, and keeps what it knew', async () => {
    const server = await MemberPage.start(folder)
    const page = await open(server)
    await server.end()
    await page.getByText(/^no connection to m0/).waitFor(within)
    await row(page, 'm1').waitFor(within)
  })

  it.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { viewport: narrow }],
  ] as const)('has no accessibility fault that axe finds, and fits: %s', async (_, options) => {
    const page = await open(writable, options)
    expect(await faultsOf(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(page.viewportSize()?.width)
  })
})
