/** The page of `hearsay demo`, operated as by a user. */
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

/** If all others stop at once, the last one is dead after 31 s: 12 s of grace, a failed probe, and a suspicion of 18 s. */
const within = { timeout: 60_000 }
const narrow = { width: 400, height: 900 }

/** Opens the page with this name, and waits until the processes are listed. */
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

describe.skipIf(skipsBrowser)('the page', { timeout: 180_000 }, () => {
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

  it('has names that are readable on every hue', async () => {
    const [one, two] = [await open('one'), await open('two')]
    await one.locator('.cm-content').focus()
    await one.locator('.stage').hover()
    const pointer = two.locator('.cursor').filter({ hasText: 'one' })
    const caret = two.locator('.cm-ySelectionInfo').filter({ hasText: 'one' })
    for (const name of [pointer, caret]) await name.waitFor({ ...within, state: 'attached' })
    expect(await leastContrast(pointer.locator('b'))).toBeGreaterThanOrEqual(4.5)
    expect(await leastContrast(caret)).toBeGreaterThanOrEqual(4.5)
  })

  it('is a member if the browser denies storage to pages', async () => {
    const page = await browser.newPage()
    await page.addInitScript(() => {
      for (const storage of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, storage, {
          get() {
            throw new DOMException('denied', 'SecurityError')
          },
        })
    })
    await page.goto(demo.url)
    for (const process of processes) await sees(page, process, 'alive')
  })

  it('says why it cannot join', async () => {
    const page = await browser.newPage()
    // Simulates a page that was opened at an insecure address of another machine.
    await page.addInitScript(() => {
      Object.defineProperty(window, 'isSecureContext', { value: false })
      Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })
    })
    await page.goto(demo.url)
    await page.getByText(/^could not join: .*serve the page over HTTPS/).waitFor(within)
  })

  it('scrolls to the selected member in a narrow window, and again at the next selection', async () => {
    // The window is so low that the user must scroll to the details, whatever the fonts.
    const page = await open('one', { viewport: { ...narrow, height: 640 } })
    const isInSight = () =>
      page.locator('.details h2').evaluate(title => {
        const { top, bottom } = title.getBoundingClientRect()
        return top >= 0 && bottom <= innerHeight
      })
    for (let time = 0; time < 2; time++) {
      await page.evaluate(() => scrollTo(0, 0))
      expect(await isInSight()).toBe(false)
      await page.locator('.stage').getByRole('button', { name: /^ada/ }).click()
      await expect.poll(isInSight).toBe(true)
    }
  })

  it('restarts processes that were killed all at once', async () => {
    const page = await open('one')
    for (const process of processes) await order(page, process, 'Kill')
    for (const process of processes) await sees(page, process, 'dead')
    for (const process of processes) await order(page, process, 'Restart')
    for (const process of processes) await sees(page, process, 'alive')
  })

  it('fits a narrow window, with any name and any pointer position', async () => {
    const name = 'Wilhelmina-Wordsworth-24'
    const [page, other] = [await open('one', { viewport: narrow }), await open(name)]
    await sees(page, name, 'alive')
    const { width, height } = (await other.locator('.stage').boundingBox()) ?? { width: 0, height: 0 }
    await other.locator('.stage').hover({ position: { x: width - 2, y: height / 2 } })
    await page.locator('.cursor').waitFor(within)
    expect(await widthOf(page)).toBe(narrow.width)
  })

  it.each([
    ['Kill', 'killed', 'Restart', {}],
    ['Freeze', 'frozen', 'Thaw', {}],
    ['Cut off', 'cut', 'Heal', { viewport: narrow }],
  ] as const)(
    '%s: a process is %s, and dead for all; %s: it is back; and the layout does not jump',
    async (harm, state, undo, options) => {
      const [page, other] = [await open('one', options), await open('other')]
      await sees(page, 'other', 'alive')
      await row(page, 'bob').getByRole('button').click()
      const before = await panelsOf(page)
      await order(page, 'bob', harm)
      await Promise.all([sees(page, 'bob', 'dead'), sees(other, 'bob', 'dead')])
      await row(page, 'bob').getByText(`process ${state}`, { exact: true }).waitFor(within)
      expect(await panelsOf(page)).toEqual(before)
      await page
        .getByText('If only the network fails, it becomes alive again once it is reachable.')
        .waitFor(within)
      await order(page, 'bob', undo)
      await Promise.all([sees(page, 'bob', 'alive'), sees(other, 'bob', 'alive')])
      await other.close()
      await row(page, 'other').waitFor({ ...within, state: 'detached' })
      expect(await panelsOf(page)).toEqual(before)
    },
  )

  it('stays usable when no process answers, keeps its text, and reconnects', async () => {
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
    ['narrow', { viewport: narrow }],
  ] as const)('has no accessibility fault that axe finds: %s', async (_, options) => {
    const page = await open('one', options)
    expect(await faultsOf(page)).toEqual([])
    expect(await widthOf(page)).toBe(page.viewportSize()?.width)
  })

  it.each([
    ['wide', { viewport: { width: 1_280, height: 900 } }],
    ['narrow', { viewport: narrow }],
  ])('shows whole rows and all columns: %s', async (_, options) => {
    const page = await open('one', options)
    await order(page, 'cyd', 'Freeze')
    await row(page, 'cyd').getByText('process frozen').waitFor(within)
    const table = await page.locator('.members .scroll').evaluate(scroll => {
      const boxOf = (query: string) =>
        [...scroll.querySelectorAll(query)].map(each => each.getBoundingClientRect())
      const { bottom, left, right } = scroll.getBoundingClientRect()
      const heights = boxOf('tbody tr').map(({ height }) => height)
      const room = bottom - (boxOf('thead')[0]?.bottom ?? 0)
      const isInside = (cell: DOMRect) => cell.width > 0 && cell.left >= left - 1 && cell.right <= right + 1
      return {
        heights: new Set(heights).size,
        cut: room % (heights[0] ?? 0),
        columns: boxOf('tbody tr:first-child > *').filter(isInside).length,
      }
    })
    expect(table).toEqual({ heights: 1, cut: 0, columns: 5 })
    await order(page, 'cyd', 'Thaw')
    await sees(page, 'cyd', 'alive')
  })

  it('works with the keyboard alone', async () => {
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

  it('accepts commands only from itself', async () => {
    const post = (path: string, headers: Record<string, string> = {}) =>
      fetch(new URL(path, demo.url), { method: 'POST', headers })
    const json = { 'content-type': 'application/json' }
    const own = { origin: new URL(demo.url).origin, ...json }
    const elsewhere = { origin: 'https://elsewhere.example', ...json }
    expect((await post('/demo/processes/ada/kill', elsewhere)).status).toBe(403)
    expect((await post('/demo/processes/ada/kill')).status).toBe(403)
    expect((await post('/demo/processes/ada/restart', own)).status).toBe(409)
    expect((await post('/demo/processes/ada/explode', own)).status).toBe(404)
    expect((await post('/demo/processes/nobody/kill', own)).status).toBe(404)
    const page = await open('one')
    await sees(page, 'ada', 'alive')
  })
})

/** The width that can be scrolled to. */
const widthOf = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth)

/** The contrast of a label's text to its background: the least over all hues (WCAG 2.2). */
const leastContrast = (label: Locator): Promise<number> =>
  label.evaluate(label => {
    const coloured = label.closest('[style]') ?? label
    const style = coloured.getAttribute('style') ?? ''
    const numbers = (text: string): number[] => (text.match(/[\d.]+/g) ?? []).map(Number)
    const luminance = (rgb: readonly number[]): number => {
      const [r = 0, g = 0, b = 0] = rgb.map(value =>
        value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      )
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const contrasts = Array.from({ length: 360 }, (_, hue) => {
      coloured.setAttribute('style', style.replace(/(--hue: *|hsl\()[\d.]+/, `$1${hue}`))
      const { color, backgroundColor, backgroundImage } = getComputedStyle(label)
      // The opacity of the black overlay; 0 without an overlay.
      const veil = backgroundImage === 'none' ? 0 : (numbers(backgroundImage)[3] ?? 0)
      const ground = numbers(backgroundColor).map(value => value * (1 - veil))
      return (luminance(numbers(color)) + 0.05) / (luminance(ground) + 0.05)
    })
    coloured.setAttribute('style', style)
    if (new Set(contrasts).size < 100) throw new Error(`no hue is set in: ${style}`)
    return Math.min(...contrasts)
  })

/** The position of each panel on the whole page. */
const panelsOf = (page: Page): Promise<object[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.panel')].map(panel => {
      const { x, y, width, height } = panel.getBoundingClientRect()
      return { panel: panel.className, x, y: Math.round(y + scrollY), width, height }
    }),
  )
