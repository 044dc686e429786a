/**
 * Chromium: the browser of the tests, as it is found on this machine.
 *
 * Pages on one machine may find each other over loopback only if they are allowed to.
 */
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** Asked for by `HEARSAY_SKIP_BROWSER=1`: the run says so at its end. */
export const skipsBrowser: boolean = process.env['HEARSAY_SKIP_BROWSER'] === '1'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** Its path, or undefined if there is none: that of `HEARSAY_CHROMIUM`, of the system, or of Playwright. */
export async function findChromium(): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const places = [
    process.env['HEARSAY_CHROMIUM'] ?? '',
    ...folders.flatMap(folder => names.map(name => join(folder, name))),
    ...elsewhere,
    chromium.executablePath(),
  ]
  for (const place of places) if (place !== '' && (await isThere(place))) return place
  return undefined
}

export async function launchChromium(): Promise<Browser> {
  const executablePath = await findChromium()
  if (executablePath === undefined) throw new Error('no Chromium was found: npm test says how to get one')
  // As root it does not run with its sandbox.
  const isRoot = process.getuid?.() === 0
  const args = ['--allow-loopback-in-peer-connection', ...(isRoot ? ['--no-sandbox'] : [])]
  return await chromium.launch({ executablePath, args })
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
