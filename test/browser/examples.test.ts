/**
 * The example shared-notes, built as its users build it. The test provides the relay. tickets.test.ts tests presence-cursors.
 */
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { faultsOf } from './axe.ts'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { Relay } from './relay.ts'
import { openSite, type Site } from './site.ts'

let browser: Browser

beforeAll(async () => {
  if (!skipsBrowser) browser = await launchChromium()
})

afterEach(async () => {
  if (!skipsBrowser) for (const context of browser.contexts()) await context.close()
})

afterAll(async () => {
  if (!skipsBrowser) await browser.close()
})

const within = { timeout: 30_000 }
const looks = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 400, height: 800 } }],
] as const

/** Opens the example's page, served by this test, with a relay that connects the pages. */
function example(name: string): (options?: BrowserContextOptions) => Promise<Page> {
  let site: Site
  let relay: Relay
  beforeAll(async () => {
    if (skipsBrowser) return
    relay = await Relay.start(name, 'relay')
    process.env['VITE_RELAY'] = relay.addresses.find(address => address.includes('/ws'))
    site = await openSite(fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)))
  })
  afterAll(async () => {
    if (skipsBrowser) return
    await site.close()
    relay.process.signal('SIGKILL')
    await relay.process.exited
  })
  return async options => {
    const page = await (await browser.newContext(options)).newPage()
    await page.goto(site.url)
    return page
  }
}

describe.skipIf(skipsBrowser)('shared-notes', { timeout: 90_000 }, () => {
  const open = example('shared-notes')
  const write = async (page: Page, text: string) => {
    await page.getByRole('button', { name: 'New note' }).click()
    await page.getByRole('textbox', { name: 'Note' }).click()
    await page.keyboard.type(text)
  }

  it('shows a note, and the caret of its writer, on all pages', async () => {
    const [one, two] = [await open(), await open()]
    for (const page of [one, two]) await page.locator('.people li').nth(1).waitFor(within)
    await write(one, 'Milk, bread')
    await two.getByRole('button', { name: 'Milk, bread' }).waitFor(within)
    await two.getByRole('textbox', { name: 'Note' }).getByText('Milk, bread').waitFor(within)
    await two.locator('.cm-ySelectionInfo').waitFor({ ...within, state: 'attached' })
    await two.getByRole('button', { name: 'Delete this note' }).click()
    await one.getByText('No note yet.').waitFor(within)
  })

  it('stores what all tabs of a browser wrote, to the last letter', async () => {
    const first = await open()
    await write(first, 'Milk, bread')
    const second = await first.context().newPage()
    await second.goto(first.url())
    await second.getByRole('button', { name: 'Milk, bread' }).waitFor(within)
    await first.close()
    await write(second, 'Cheese')
    await second.reload()
    for (const name of ['Milk, bread', 'Cheese'])
      await second.getByRole('button', { name, exact: true }).waitFor(within)
  })

  it.each(looks)('has no accessibility fault that axe finds: %s', async (_, options) => {
    const page = await open(options)
    await page.getByText(/connected/).waitFor(within)
    await write(page, 'A note')
    expect(await faultsOf(page)).toEqual([])
  })
})
