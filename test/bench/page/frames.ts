/** Frames: how many a page draws while something happens, and what they take of its main thread. */
import type { CDPSession, Page } from 'playwright-core'

export interface PageCost {
  readonly framesPerSecond: number
  readonly inTheSlowestSecond: number
  readonly frameMs: { readonly p50: number; readonly p99: number; readonly max: number }
  /** CPU time in milliseconds. Its inverse is the possible frame rate, even if the machine was busy. */
  readonly mainThreadMsPerFrame: number
  /**
   * By Chromium's `Performance.getMetrics`. Only `mainThread` is CPU time. On a busy machine, the other figures contain the
   * time of other processes.
   */
  readonly msPerSecond: Readonly<Record<'mainThread' | 'tasks' | 'scripts' | 'layout' | 'styles', number>>
}

export async function pageCost(page: Page, act: () => Promise<unknown>): Promise<PageCost> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const before = await metricsOf(session)
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
  const after = await metricsOf(session)
  await session.detach()
  const tookS = ((frames.at(-1) ?? 0) - (frames[0] ?? 0)) / 1_000
  const gaps = frames
    .slice(1)
    .map((ms, i) => ms - (frames[i] ?? 0))
    .sort((a, b) => a - b)
  const at = (share: number) => tenths(gaps[Math.floor((gaps.length - 1) * share)] ?? 0)
  const spentMs = (metric: string) => 1_000 * ((after.get(metric) ?? 0) - (before.get(metric) ?? 0))
  const perSecond = (metric: string) => Math.round(spentMs(metric) / tookS)
  return {
    framesPerSecond: tenths(gaps.length / tookS),
    inTheSlowestSecond: slowestSecond(frames, tookS),
    frameMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
    mainThreadMsPerFrame: tenths(spentMs('ThreadTime') / gaps.length),
    msPerSecond: {
      mainThread: perSecond('ThreadTime'),
      tasks: perSecond('TaskDuration'),
      scripts: perSecond('ScriptDuration'),
      layout: perSecond('LayoutDuration'),
      styles: perSecond('RecalcStyleDuration'),
    },
  }
}

const metricsOf = async (session: CDPSession): Promise<ReadonlyMap<string, number>> => {
  const { metrics } = await session.send('Performance.getMetrics')
  return new Map(metrics.map(({ name, value }) => [name, value]))
}

/** The number of frames in the second with the fewest. */
function slowestSecond(frames: readonly number[], tookS: number): number {
  const [first = 0] = frames
  const counts = Array.from({ length: Math.max(1, Math.floor(tookS)) }, (_, second) => {
    const fromMs = first + second * 1_000
    return frames.filter(ms => ms >= fromMs && ms < fromMs + 1_000).length
  })
  return Math.min(...counts)
}

const tenths = (value: number): number => Math.round(value * 10) / 10
