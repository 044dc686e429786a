/** Tab: a page in Chromium that is a member. */
import type { JoinOptions } from '@hearsay/core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { PageMember } from './page/member.ts'

type Method = keyof PageMember

export class Tab {
  readonly page: Page

  private constructor(page: Page) {
    this.page = page
  }

  static async on(page: Page, url: string): Promise<Tab> {
    await page.goto(url)
    return new Tab(page)
  }

  static async join(
    browser: Pick<Browser | BrowserContext, 'newPage'>,
    url: string,
    options: JoinOptions,
  ): Promise<Tab> {
    const tab = await Tab.on(await browser.newPage(), url)
    // No STUN server: the tests communicate on this machine only.
    await tab.ask('join', { iceServers: [], ...options })
    return tab
  }

  /** Joins as one of the tabs that share a member. */
  static async joinShared(
    browser: Pick<Browser | BrowserContext, 'newPage'>,
    url: string,
    options: JoinOptions,
    isPrepared = false,
  ): Promise<Tab> {
    const tab = await Tab.on(await browser.newPage(), url)
    const { cluster: storage = '' } = options
    await tab.ask('joinShared', { iceServers: [], storage, ...options }, isPrepared)
    return tab
  }

  /** Calls a method of the member in the page. */
  async ask<M extends Method>(
    method: M,
    ...args: Parameters<PageMember[M]>
  ): Promise<Awaited<ReturnType<PageMember[M]>>> {
    return (await this.page.evaluate(
      ([method, args]) => {
        const { member } = globalThis as unknown as {
          member: Record<string, (...args: unknown[]) => unknown>
        }
        return member[method]?.(...args)
      },
      [method, args] as const,
    )) as Awaited<ReturnType<PageMember[M]>>
  }

  /**
   * Closes the tab as a user does, when its page is not busy: Chromium ends a page whose unload handlers have not run for
   * 0.5 s, so a page that is still joining would end like one that crashes.
   */
  async close(): Promise<void> {
    await this.page.evaluate(() => new Promise(resolve => setTimeout(resolve)))
    await this.page.close()
  }

  /** Kills its process. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash')
    const session = await this.page.context().newCDPSession(this.page)
    // The command never answers.
    session.send('Page.crash').catch(() => {})
    await crashed
  }
}
