/** A clock that a test turns: timers ring when it is moved past them. */

import { setImmediate as turn } from 'node:timers/promises'
import type { Clock, Instant } from '../../src/base/clock.ts'

export class ManualClock implements Clock {
  nowMs = 0
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>()

  now(): Instant {
    return { monotonicMs: this.nowMs, epochMs: 1_800_000_000_000 + this.nowMs }
  }

  setTimer(atMs: number, callback: () => void): () => void {
    const timer = { atMs, callback }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Lets time pass, and everything that waits for a promise go on. */
  async pass(ms: number): Promise<void> {
    await turn()
    const untilMs = this.nowMs + ms
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#timers.delete(next)
      this.nowMs = Math.max(this.nowMs, next.atMs)
      next.callback()
      await turn()
    }
    this.nowMs = untilMs
  }

  #next(untilMs: number): { readonly atMs: number; readonly callback: () => void } | undefined {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs)
    return due.sort((a, b) => a.atMs - b.atMs)[0]
  }
}
