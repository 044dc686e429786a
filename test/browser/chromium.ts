/**
 * Chromium: the browser of the tests, as it is installed on this machine.
 *
 * Pages on one machine find each other over loopback only if a flag allows it.
 */
import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { type Child, startChild } from '../processes/process.ts'

/** Whether `HEARSAY_SKIP_BROWSER=1` leaves out the tests in Chromium. The run reports this at its end. */
export const skipsBrowser: boolean = process.env['HEARSAY_SKIP_BROWSER'] === '1'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** The path of Chromium: from `HEARSAY_CHROMIUM`, of the system, or of Playwright. Undefined: there is none. */
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

/** @param more further flags of the command line */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({ executablePath: await chromiumPath(), args: [...flags, ...more] })
}

export interface Desktop {
  /**
   * The pages of this context are tabs of one window. A tab that is not in front is hidden, and its timers
   * run once a second. In a page without WebRTC, after ten seconds they run only once a minute.
   */
  readonly context: BrowserContext
  close(): Promise<void>
}

// Chromium throttles timers by default, but after 300 s instead of 10 s.
const slowTimers = '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10'

/** Starts a browser that keeps its default settings, including those that Playwright changes for tests. */
export async function launchDesktop(): Promise<Desktop> {
  const folder = await mkdtemp(join(tmpdir(), 'hearsay-chromium-'))
  const args = [
    ...flags,
    slowTimers,
    '--headless=new',
    '--remote-debugging-port=0',
    `--user-data-dir=${folder}`,
  ]
  const path = await chromiumPath()
  const { process, endpoint } = await new Promise<{ process: Child; endpoint: string }>((resolve, reject) => {
    const process: Child = startChild(path, [...args, '--no-first-run', 'about:blank'], line => {
      const [endpoint] = /ws:\/\/\S+/.exec(line) ?? []
      if (endpoint !== undefined) resolve({ process, endpoint })
    })
    void process.exited.then(() => reject(new Error('Chromium ended before it could be used')))
  })
  const browser = await chromium.connectOverCDP(endpoint, { noDefaults: true })
  const [context] = browser.contexts()
  if (context === undefined) throw new Error('Chromium has no window')
  return {
    context,
    async close() {
      await browser.close()
      process.signal('SIGTERM')
      await process.exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

// Chromium cannot use its sandbox when it runs as root.
const isRoot = process.getuid?.() === 0
const flags = ['--allow-loopback-in-peer-connection', ...(isRoot ? ['--no-sandbox'] : [])]

async function chromiumPath(): Promise<string> {
  const path = await findChromium()
  if (path === undefined) throw new Error('no Chromium was found: npm test says how to get one')
  return path
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
