/** Task time: how long the main thread of a tab is busy, and how large its heap is, as Chromium measures it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CDPSession } from 'playwright-core'
import type { Tab } from '../../browser/tab.ts'

export interface Idle {
  readonly heapMB: number
  readonly busyPercent: number
}

/** This clock and that of the pages agree to a fraction of a millisecond. */
const nowMs = (): number => performance.timeOrigin + performance.now()

export class TaskTime {
  readonly #session: CDPSession
  readonly #samples: { readonly atMs: number; readonly taskMs: number }[] = []

  private constructor(session: CDPSession) {
    this.#session = session
  }

  static async of(tab: Tab): Promise<TaskTime> {
    const session = await tab.page.context().newCDPSession(tab.page)
    // The time that the processor spends, not the time that passes.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    return new TaskTime(session)
  }

  /** The heap after a garbage collection, and the part of a second that the main thread is busy. */
  async idle(): Promise<Idle> {
    await this.#session.send('HeapProfiler.collectGarbage')
    const { heapMB } = await this.#read()
    const [before, beginMs] = [await this.#read(), nowMs()]
    await sleep(2_000)
    const after = await this.#read()
    return { heapMB, busyPercent: ((after.taskMs - before.taskMs) / (nowMs() - beginMs)) * 100 }
  }

  /** Reads the time often from now on, for 6 s. */
  record(): void {
    const untilMs = nowMs() + 6_000
    const next = async (): Promise<void> => {
      const { taskMs } = await this.#read()
      this.#samples.push({ atMs: nowMs(), taskMs })
      if (nowMs() < untilMs) setTimeout(() => void next().catch(() => {}), 20)
    }
    void next().catch(() => {})
  }

  /** How long the main thread was busy until this time, since the record began. */
  at(timeMs: number): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    if (!first || !last) return Number.NaN
    const i = this.#samples.findIndex(({ atMs }) => atMs >= timeMs)
    const [before, after] = [this.#samples[i - 1] ?? first, this.#samples[i] ?? last]
    const part = after.atMs > before.atMs ? (timeMs - before.atMs) / (after.atMs - before.atMs) : 0
    return before.taskMs + (after.taskMs - before.taskMs) * Math.min(1, Math.max(0, part)) - first.taskMs
  }

  async #read(): Promise<{ readonly taskMs: number; readonly heapMB: number }> {
    const { metrics } = await this.#session.send('Performance.getMetrics')
    const value = (of: string) => metrics.find(({ name }) => name === of)?.value ?? Number.NaN
    return { taskMs: value('TaskDuration') * 1_000, heapMB: value('JSHeapUsedSize') / 1e6 }
  }
}
