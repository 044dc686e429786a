/**
 * Page bench: how fluent the page of a running member is, in Chromium, with many members in the simulator's cluster.
 *
 * The cluster runs in real time in a process of its own, and members crash and return all the time. The page is used
 * meanwhile: scrolled, searched, pointed at. Prints one JSON object: frames a second, the longest frames, and the work of the
 * main thread. With `--shots`, writes screenshots of the page into that folder.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { launchChromium } from '../browser/chromium.ts'
import { MemberPage } from '../browser/member-page.ts'
import { startRealTimeProcess } from '../helpers/real-time-process.ts'
import { whole } from './options.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '10' },
    shots: { type: 'string' },
  },
})
const members = whole('members', values.members, 2, 5_000)
const seconds = whole('seconds', values.seconds, 1, 600)

const folder = await mkdtemp(join(tmpdir(), 'hearsay-bench-'))
/** Until the connections have settled, and heartbeats of some members have arrived. */
const ageMs = 40_000
const startedMs = performance.now()
const simulated = await startRealTimeProcess(members, ageMs, folder)
const startSeconds = Math.round((performance.now() - startedMs) / 1_000)
const served = await MemberPage.start(folder)
const browser = await launchChromium()
const page = await browser.newPage({ viewport: { width: 1_280, height: 900 } })
// The page compares times of the cluster with its own clock.
await page.addInitScript(
  offsetMs => {
    const { now } = Date
    Date.now = () => now() + offsetMs
  },
  (await simulated.state()).epochMs - Date.now(),
)
await page.goto(served.url)
await page.getByText(`${members} present`).waitFor({ timeout: 60_000 })

const figures: Record<string, unknown> = {
  members,
  seconds,
  startSeconds,
  node: process.version,
  chromium: browser.version(),
}
if (values.shots !== undefined) await shoot(page, values.shots)
figures['still'] = await measure('nothing happens', async () => sleep(seconds * 1_000))
await simulated.churn(true)
figures['churn'] = await measure('members crash and return', async () => sleep(seconds * 1_000))
figures['used'] = await measure('the page is used meanwhile', () => use(page))
console.log(JSON.stringify(figures, null, 2))

await simulated.end()
await browser.close()
await served.end()
await rm(folder, { recursive: true, force: true })

/** The frames that the page draws during `act`. */
async function measure(what: string, act: () => Promise<unknown>): Promise<object> {
  console.error(what)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  // CPU time, so that other processes do not count.
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? 0
  }
  const before = await busy()
  const stateBefore = await simulated.state()
  await page.evaluate(() => {
    const state = { frames: [] as number[], isOn: true }
    Object.assign(globalThis, { frameState: state })
    const next = (ms: number) => {
      state.frames.push(ms)
      if (state.isOn) requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
  })
  await act()
  const frames = await page.evaluate(() => {
    const { frameState } = globalThis as unknown as { frameState: { frames: number[]; isOn: boolean } }
    frameState.isOn = false
    return frameState.frames
  })
  const tookMs = (frames.at(-1) ?? 0) - (frames[0] ?? 0)
  const gaps = frames
    .slice(1)
    .map((ms, i) => ms - (frames[i] ?? 0))
    .sort((a, b) => a - b)
  const at = (share: number) => Math.round((gaps[Math.floor((gaps.length - 1) * share)] ?? 0) * 10) / 10
  // Frames in the slowest second.
  const slowest = Math.min(
    ...Array.from({ length: Math.max(1, Math.floor(tookMs / 1_000)) }, (_, second) => {
      const from = (frames[0] ?? 0) + second * 1_000
      return frames.filter(ms => ms >= from && ms < from + 1_000).length
    }),
  )
  const busySeconds = (await busy()) - before
  const state = await simulated.state()
  return {
    events: state.events - stateBefore.events,
    virtualSecondsPerSecond: Math.round(((state.virtualMs - stateBefore.virtualMs) / tookMs) * 100) / 100,
    simulationBusy: `${Math.round(((state.cpuMs - stateBefore.cpuMs) / tookMs) * 100)} %`,
    framesPerSecond: Math.round((gaps.length / tookMs) * 10_000) / 10,
    inTheSlowestSecond: slowest,
    frameMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
    mainThreadBusy: `${Math.round((busySeconds / (tookMs / 1_000)) * 100)} %`,
    // From this figure follows how many frames a second are possible, even if the machine was busy.
    mainThreadMsPerFrame: Math.round((busySeconds / gaps.length) * 10_000) / 10,
  }
}

/**
 * What an operator does: scrolls the list, types a search, points at members, selects, turns the rings. It runs in the page,
 * one action a frame.
 */
function use(page: Page): Promise<void> {
  return page.evaluate(async forMs => {
    const untilMs = performance.now() + forMs
    const frame = () => new Promise(requestAnimationFrame)
    const list = document.querySelector('.members .scroll') as HTMLElement
    const search = document.querySelector('input[type=search]') as HTMLInputElement
    const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set
    while (performance.now() < untilMs) {
      for (let i = 0; i < 40; i++) {
        list.scrollTop += 120
        await frame()
      }
      list.scrollTop = 0
      for (const text of ['m', 'm1', 'm12', 'm1', '']) {
        setValue?.call(search, text)
        search.dispatchEvent(new Event('input', { bubbles: true }))
        for (let i = 0; i < 6; i++) await frame()
      }
      const drawing = document.querySelector('.stage svg') as SVGSVGElement
      const { left, top, width } = drawing.getBoundingClientRect()
      for (let i = 0; i < 60; i++) {
        const angle = (i / 60) * 2 * Math.PI
        const at = {
          bubbles: true,
          clientX: left + width * (0.5 + 0.44 * Math.cos(angle)),
          clientY: top + width * (0.5 + 0.44 * Math.sin(angle)),
        }
        drawing.dispatchEvent(new PointerEvent('pointermove', at))
        if (i % 15 === 0) drawing.dispatchEvent(new PointerEvent('pointerup', at))
        await frame()
      }
      for (const ring of document.querySelectorAll<HTMLInputElement>('.rings input')) {
        ring.click()
        for (let i = 0; i < 6; i++) await frame()
      }
    }
  }, seconds * 1_000)
}

async function shoot(page: Page, folder: string): Promise<void> {
  // Until most heartbeats have arrived, and something has failed.
  await simulated.crash(['m3', 'm4'].filter((_, i) => i + 4 < members))
  await sleep(10_000)
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1_280, 400]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await sleep(500)
      await page.screenshot({ path: join(folder, `${members}-${colorScheme}-${width}.png`), fullPage: true })
    }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1_280, height: 900 })
}
