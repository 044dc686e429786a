/** What a page stores in IndexedDB, under faults of the page and of the database. */
import { randomUUID } from 'node:crypto'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, skipsBrowser } from './chromium.ts'
import { openSite, type Site } from './site.ts'
import { Tab } from './tab.ts'

let site: Site
let browser: Browser
let context: BrowserContext

beforeAll(async () => {
  if (!skipsBrowser) [site, browser] = await Promise.all([openSite(), launchChromium()])
})

beforeEach(async () => {
  if (!skipsBrowser) context = await browser.newContext()
})

afterEach(() => context?.close())

afterAll(async () => {
  if (skipsBrowser) return
  await browser.close()
  await site.close()
})

/** A member without bootstrap, with a storage. */
const options = { cluster: randomUUID(), name: 'tab', bootstrap: [], storage: 'me', iceServers: [] }

async function open(): Promise<Tab> {
  return await Tab.on(await context.newPage(), site.url)
}

describe.skipIf(skipsBrowser)('storage of a page', { timeout: 60_000 }, () => {
  it('contains its identity, for one page at a time', async () => {
    const tab = await open()
    const id = await tab.ask('join', options)
    const other = await open()
    expect(await other.ask('join', options)).not.toBe(id)
    await tab.page.reload()
    expect(await tab.ask('join', options)).toBe(id)
    await tab.close()
    await other.page.reload()
    expect(await other.ask('join', options)).toBe(id)
  })

  it('contains what all pages wrote, although they could not reach each other', async () => {
    const tabs = [await open(), await open()]
    for (const tab of tabs) {
      await tab.ask('join', options)
      await tab.ask('enter')
    }
    for (const tab of tabs) for (const text of 'abcd') await tab.ask('write', text)
    // A busy browser ends a page without asking it for its last changes.
    for (const tab of tabs) await tab.ask('stored')
    for (const tab of tabs) await tab.close()
    const later = await open()
    await later.ask('join', options)
    await later.ask('enter')
    expect(await later.ask('written')).toBe('abcdabcd')
  })

  it('contains what was written when the page is reloaded', async () => {
    const tab = await open()
    for (let life = 0; life < 20; life++) {
      await tab.ask('join', options)
      await tab.ask('enter')
      expect(await tab.ask('written'), `in life ${life}`).toBe('abcd'.repeat(life))
      const loaded = tab.page.waitForEvent('load')
      // Write only after this call has returned: otherwise the page could be gone before it has
      // answered.
      await tab.page.evaluate(() => {
        setTimeout(() => {
          const { member } = window as unknown as { member: { write(text: string): void } }
          for (const text of 'abcd') member.write(text)
          location.reload()
        })
      })
      await loaded
    }
  })

  it('is reported when it is full, and stores the pending writes when it has space again', async () => {
    const tab = await open()
    const session = await context.newCDPSession(tab.page)
    const { origin } = new URL(site.url)
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 200_000 })
    await tab.ask('join', options)
    await tab.ask('enter')
    const text = 'long '.repeat(60_000)
    await tab.ask('write', text)
    await expect(tab.ask('stored')).rejects.toThrow(/cannot be written/)
    await session.send('Storage.overrideQuotaForOrigin', { origin })
    await tab.ask('stored')
    await tab.page.reload()
    await tab.ask('join', options)
    await tab.ask('enter')
    expect(await tab.ask('written')).toBe(text)
  })

  it('is reported when its data are cleared, and stores everything again a moment later', async () => {
    const tab = await open()
    await tab.ask('join', options)
    await tab.ask('enter')
    await tab.ask('write', 'gone')
    await tab.ask('stored')
    const session = await context.newCDPSession(tab.page)
    const { origin } = new URL(site.url)
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
    await tab.ask('write', 'too')
    // The first call may still fail; the second one waits until the database is reopened.
    await tab.ask('stored').catch(() => {})
    await tab.ask('stored')
    expect(await tab.ask('storeStates')).toEqual([expect.stringContaining('database'), 'ok'])
    await tab.page.reload()
    await tab.ask('join', options)
    await tab.ask('enter')
    expect(await tab.ask('written')).toBe('gonetoo')
  })

  it('closes its database when another page deletes it, and stores everything again a moment later', async () => {
    const [tab, second, other] = [await open(), await open(), await open()]
    const id = await tab.ask('join', options)
    await second.ask('join', options)
    for (const each of [tab, second]) await each.ask('enter')
    await tab.ask('write', 'kept')
    await tab.ask('stored')
    const outcome = await other.page.evaluate(
      name =>
        new Promise<string>(resolve => {
          const deleting = indexedDB.deleteDatabase(name)
          deleting.onsuccess = () => resolve('deleted')
          deleting.onerror = () => resolve('failed')
        }),
      options.storage,
    )
    expect(outcome).toBe('deleted')
    await tab.ask('stored').catch(() => {})
    await tab.ask('stored')
    expect(await tab.ask('storeStates')).toEqual([
      expect.stringContaining('another page deleted the database'),
      'ok',
    ])
    await second.close()
    await tab.page.reload()
    expect(await tab.ask('join', options)).toBe(id)
    await tab.ask('enter')
    expect(await tab.ask('written')).toBe('kept')
  })

  it('fails instead of hanging while another page keeps the database open', async () => {
    const holder = await open()
    await holder.page.evaluate(
      name =>
        new Promise<void>(resolve => {
          const opening = indexedDB.open(name, 1)
          opening.onsuccess = () => {
            // Deleting waits for this connection, and opening waits for the deletion.
            Object.assign(window, { held: opening.result })
            indexedDB.deleteDatabase(name)
            resolve()
          }
        }),
      'held',
    )
    const tab = await open()
    await expect(tab.ask('join', { ...options, storage: 'held' })).rejects.toThrow(
      /cannot be opened: .*another page keeps the database open/,
    )
  })
})
