/**
 * Page bench: how fluent the page of a running member is, in Chromium, with many members in the simulator's cluster.
 *
 * What the member sees was recorded: heartbeats and round trips, and members that crash and return. It is replayed in real time
 * in a process of its own. Prints one JSON object: frames a second, the longest frames, and the work of the main thread.
 *
 * - `--shots <folder>` writes screenshots of the page: wide and narrow, light and dark.
 * - `--profiles <folder>` writes a CPU profile of each part.
 * - `--recording <file>` stores the recording, which takes minutes on a busy machine, for the next run.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { launchChromium } from '../browser/chromium.ts'
import { MemberPage } from '../browser/member-page.ts'
import { type Part, parts } from '../helpers/recorded-cluster.ts'
import { startReplayProcess } from '../helpers/replay-process.ts'
import { whole } from './options.ts'
import { pageCost } from './page/frames.ts'
import { use } from './page/use.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '12' },
    shots: { type: 'string' },
    profiles: { type: 'string' },
    recording: { type: 'string' },
  },
})
const members = whole('members', values.members, 2, 5_000)
const partSeconds = whole('seconds', values.seconds, 1, 600)

const folder = await mkdtemp(join(tmpdir(), 'hearsay-bench-'))
console.error('recording')
const replayed = await startReplayProcess({ members, partSeconds, folder, file: values.recording })
const served = await MemberPage.start(folder)
const browser = await launchChromium()
const page = await browser.newPage({ viewport: { width: 1_280, height: 900 } })
// The page compares times of the cluster with its own clock.
await page.addInitScript(offsetMs => {
  const { now } = Date
  Date.now = () => now() + offsetMs
}, replayed.epochMs - Date.now())
await page.goto(served.url)
await page.getByText(`${members} present`).waitFor({ timeout: 60_000 })
// Until the first explanations and the code of the page are there.
await sleep(2_000)

const figures: Record<string, object> = {}
for (const part of parts) figures[part] = await measure(part)
console.log(
  JSON.stringify(
    { members, partSeconds, node: process.version, chromium: browser.version(), ...figures },
    null,
    2,
  ),
)
if (values.shots !== undefined) await shoot(page, values.shots)
await replayed.end()
await browser.close()
await served.end()
await rm(folder, { recursive: true, force: true })

async function measure(part: Part): Promise<object> {
  console.error(part)
  const profiler = values.profiles === undefined ? undefined : await page.context().newCDPSession(page)
  await profiler?.send('Profiler.enable')
  await profiler?.send('Profiler.setSamplingInterval', { interval: 200 })
  await profiler?.send('Profiler.start')
  let events = 0
  const cost = await pageCost(page, async () => {
    const used = part === 'used' ? use(page, partSeconds) : undefined
    events = await replayed.play(part)
    await used
  })
  const stopped = await profiler?.send('Profiler.stop')
  if (stopped)
    await writeFile(join(values.profiles ?? '', `${part}.cpuprofile`), JSON.stringify(stopped.profile))
  await profiler?.detach()
  return { events, ...cost }
}

async function shoot(page: Page, folder: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1_280, 400]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await sleep(500)
      await page.screenshot({ path: join(folder, `${members}-${colorScheme}-${width}.png`), fullPage: true })
    }
}
