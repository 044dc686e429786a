/**
 * Page member: an honest member in a page, alone in its browser, so that everything that the browser spends is the member's.
 */
import type { Health, JoinOptions } from '@hearsay/core'
import type { Browser } from 'playwright-core'
import { launchChromium } from '../../browser/chromium.ts'
import type { View } from '../../browser/page/member.ts'
import { openSite, type Site } from '../../browser/site.ts'
import { Tab } from '../../browser/tab.ts'

export interface PageUsage {
  /** Processor time of all processes of the browser. */
  readonly cpuMs: number
  /** Memory in use by the page's JavaScript after a garbage collection. */
  readonly heapMb: number
}

export class PageMember {
  readonly id: string
  readonly #site: Site
  readonly #browser: Browser
  readonly #tab: Tab

  private constructor(site: Site, browser: Browser, tab: Tab, id: string) {
    this.id = id
    this.#site = site
    this.#browser = browser
    this.#tab = tab
  }

  /** Resolves when the page has joined, before it knows other members. */
  static async join(options: JoinOptions): Promise<PageMember> {
    const [site, browser] = await Promise.all([openSite(), launchChromium()])
    const tab = await Tab.on(await browser.newPage(), site.url)
    // No STUN server: everything stays on this machine.
    const id = await tab.ask('join', { iceServers: [], ...options })
    return new PageMember(site, browser, tab, id)
  }

  health(): Promise<Health> {
    return this.#tab.ask('health')
  }

  view(): Promise<View> {
    return this.#tab.ask('view')
  }

  async seesAlive(name: string): Promise<void> {
    await this.#tab.ask('seesStatus', name, 'alive')
  }

  async usage(): Promise<PageUsage> {
    const browser = await this.#browser.newBrowserCDPSession()
    const { processInfo } = await browser.send('SystemInfo.getProcessInfo')
    await browser.detach()
    const { page } = this.#tab
    const session = await page.context().newCDPSession(page)
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    await session.detach()
    return {
      cpuMs: processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0),
      heapMb: usedSize / 2 ** 20,
    }
  }

  async close(): Promise<void> {
    await this.#browser.close()
    await this.#site.close()
  }
}
