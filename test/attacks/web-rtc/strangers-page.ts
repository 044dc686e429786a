/** Strangers page: the page that makes uninvited joins, in a browser of its own. */
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from '../../browser/chromium.ts'
import { openSite, type Site } from '../../browser/site.ts'
import type { WebRTCOrder, WebRTCOutcome } from './order.ts'
import type { Strangers } from './page/main.ts'

const folder = fileURLToPath(new URL('./page', import.meta.url))
/** Our choice: Chromium allows a page about 500 WebRTC connections, and few joins open more than one. */
const joinsPerPage = 100

export class StrangersPage {
  readonly #site: Site
  readonly #browser: Browser

  private constructor(site: Site, browser: Browser) {
    this.#site = site
    this.#browser = browser
  }

  static async open(): Promise<StrangersPage> {
    const [site, browser] = await Promise.all([openSite(folder), launchChromium()])
    return new StrangersPage(site, browser)
  }

  /** Makes joins with numbers from 0, after asking all that a stranger can ask. @returns an outcome after each step */
  async *run(order: Omit<WebRTCOrder, 'from' | 'to'>, joins: number): AsyncGenerator<WebRTCOutcome> {
    yield await this.#ask('learn', { ...order, from: 0, to: 0 })
    for (let from = 0; from < joins; from += joinsPerPage)
      yield await this.#ask('runJoins', { ...order, from, to: Math.min(joins, from + joinsPerPage) })
  }

  async close(): Promise<void> {
    await this.#browser.close()
    await this.#site.close()
  }

  async #ask(method: keyof Strangers, order: WebRTCOrder): Promise<WebRTCOutcome> {
    const page: Page = await this.#browser.newPage()
    await page.goto(this.#site.url)
    const outcome = await page.evaluate(
      ([method, order]) => (globalThis as unknown as { strangers: Strangers }).strangers[method](order),
      [method, order] as const,
    )
    await page.close()
    return outcome
  }
}
