/** The page of `hearsay demo`, as people use it. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { faultsOf } from './axe.ts'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { Demo } from './demo.ts'

const processes = ['ada', 'bob', 'cyd']

let demo: Demo
let browser: Browser

beforeAll(async () => {
  if (skipsBrowser) return
  ;[demo, browser] = await Promise.all([Demo.start(processes.length), launchChromium()])
})

afterEach(async () => {
  if (skipsBrowser) return
  for (const context of browser.contexts()) await context.close()
})

afterAll(async () => {
  if (skipsBrowser) return
  await browser.close()
  await demo.end()
})

const within = { timeout: 30_000 }

/** Opens the page as somebody called so, and waits until the processes are there. */
async function open(name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_360, height: 1_000 }, ...options })
  const page = await context.newPage()
  await page.addInitScript(name => sessionStorage.setItem('hearsay-name', name), name)
  await page.goto(demo.url)
  for (const process of processes) await sees(page, process, 'alive')
  return page
}

const row = (page: Page, name: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) })

async function sees(page: Page, name: string, status: string): Promise<void> {
  await row(page, name).locator('.status').getByText(status).waitFor(within)
}

async function order(page: Page, name: string, label: string): Promise<void> {
  await row(page, name).getByRole('button').click()
  await page.getByRole('button', { name: label, exact: true }).click()
}

describe.skipIf(skipsBrowser)('the page', { timeout: 120_000 }, () => {
  it('shows tabs to each other: pointers, a text and settings', async () => {
    const [one, two] = [await open('one'), await open('two')]
    await Promise.all([sees(one, 'two', 'alive'), sees(two, 'one', 'alive')])
    await one
      .locator('.stage')
      .getByRole('button', { name: /^ada.*: process, alive$/ })
      .hover()
    await two.locator('.cursor').getByText('one').waitFor(within)
    await one.getByRole('heading', { name: 'Members' }).hover()
    await two.locator('.cursor').waitFor({ ...within, state: 'detached' })
    await one.locator('.cm-content').click()
    await one.keyboard.type('said by one')
    await two.locator('.cm-content').getByText('said by one').waitFor(within)
    await two
      .locator('.cm-ySelectionInfo')
      .getByText('one')
      .waitFor({ ...within, state: 'attached' })
    await two.locator('.cm-content').click()
    await two.keyboard.press('Control+End')
    await two.keyboard.type(', and two')
    await one.locator('.cm-content').getByText('said by one, and two').waitFor(within)
    await one.keyboard.press('Control+z')
    await two.locator('.cm-content').filter({ hasText: ', and two', hasNotText: 'said by' }).waitFor(within)
    await one.getByLabel('Your name').fill('uno')
    await one.getByLabel('Your name').press('Enter')
    await two
      .locator('.cm-ySelectionInfo')
      .getByText('uno')
      .waitFor({ ...within, state: 'attached' })
    await two.getByLabel('Title').fill('our cluster')
    await two.getByLabel('Title').press('Enter')
    await one.getByRole('heading', { level: 1, name: 'our cluster' }).waitFor(within)
    await one.getByLabel('rose').check()
    await two.locator('html[data-accent=rose]').waitFor(within)
  })

  it.each([
    ['Kill', 'killed', 'Restart'],
    ['Freeze', 'frozen', 'Thaw'],
    ['Cut off', 'cut', 'Heal'],
  ])(
    '%s: a process is %s, and dead for all; %s: it is back; and nothing jumps',
    async (harm, state, undo) => {
      const [page, other] = [await open('one'), await open('other')]
      await sees(page, 'other', 'alive')
      const before = await panelsOf(page)
      await order(page, 'bob', harm)
      await Promise.all([sees(page, 'bob', 'dead'), sees(other, 'bob', 'dead')])
      await row(page, 'bob').getByText(state, { exact: true }).waitFor(within)
      await page
        .getByText('If it only cannot be reached, it comes back by itself as soon as it can.')
        .waitFor(within)
      await order(page, 'bob', undo)
      await Promise.all([sees(page, 'bob', 'alive'), sees(other, 'bob', 'alive')])
      await other.close()
      await row(page, 'other').waitFor({ ...within, state: 'detached' })
      expect(await panelsOf(page)).toEqual(before)
    },
  )

  it('stays when no process answers, with what was written, and has them back', async () => {
    const page = await open('one')
    const text = page.locator('.cm-content')
    await text.click()
    await page.keyboard.type('still here')
    for (const process of processes) await order(page, process, 'Freeze')
    for (const process of processes) await sees(page, process, 'dead')
    await text.getByText('still here').waitFor(within)
    for (const process of processes) await order(page, process, 'Thaw')
    for (const process of processes) await sees(page, process, 'alive')
  })

  it.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 400, height: 900 } }],
  ] as const)('has no fault that axe knows of: %s', async (_, options) => {
    const page = await open('one', options)
    expect(await faultsOf(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(page.viewportSize()?.width)
  })

  it('is used by keyboard alone', async () => {
    const page = await open('one')
    const isChosen = () => row(page, 'cyd').getAttribute('aria-selected')
    const tab = async (until: () => Promise<boolean>) => {
      for (let i = 0; i < 40 && !(await until()); i++) await page.keyboard.press('Tab')
    }
    const isFocused = (label: string) => () =>
      page.evaluate(label => document.activeElement?.textContent === label, label)
    await tab(isFocused('cyd'))
    await page.keyboard.press('Enter')
    expect(await isChosen()).toBe('true')
    await tab(isFocused('Freeze'))
    await page.keyboard.press('Enter')
    await row(page, 'cyd').getByText('frozen').waitFor(within)
    await tab(isFocused('Thaw'))
    await page.keyboard.press('Enter')
    await row(page, 'cyd')
      .getByText('frozen')
      .waitFor({ ...within, state: 'detached' })
    await sees(page, 'cyd', 'alive')
  })

  it('gives orders only to itself', async () => {
    const post = (path: string, headers: Record<string, string> = {}) =>
      fetch(new URL(path, demo.url), { method: 'POST', headers })
    const own = { origin: new URL(demo.url).origin }
    const elsewhere = { origin: 'https://elsewhere.example' }
    expect((await post('/demo/processes/ada/kill', elsewhere)).status).toBe(403)
    expect((await post('/demo/processes/ada/kill')).status).toBe(403)
    expect((await post('/demo/processes/ada/restart', own)).status).toBe(409)
    expect((await post('/demo/processes/ada/explode', own)).status).toBe(404)
    expect((await post('/demo/processes/nobody/kill', own)).status).toBe(404)
    const page = await open('one')
    await sees(page, 'ada', 'alive')
  })
})

/** Where each panel is. */
const panelsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.panel')].map(panel => JSON.stringify(panel.getBoundingClientRect())),
  )
