/**
 * Throttle: runs an action on request, at most once in each interval.
 *
 * The first request after a pause runs the action immediately. A later request within the interval runs it at the end of
 * the interval: no request is lost, and several are served by one run.
 */
import type { Clock } from '../base/clock.ts'

export class Throttle {
  readonly #clock: Clock
  readonly #intervalMs: () => number
  readonly #act: () => void
  #nextMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined

  /** @param intervalMs the interval until the next run; called after each run */
  constructor(clock: Clock, intervalMs: () => number, act: () => void) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#act = act
  }

  request(): void {
    if (this.#cancel) return
    const nowMs = this.#clock.now().monotonicMs
    if (nowMs >= this.#nextMs) this.#run()
    else this.#cancel = this.#clock.setTimer(this.#nextMs, () => this.#run())
  }

  /** Runs the action now if a request is pending. */
  flush(): void {
    if (this.#cancel) this.#run()
  }

  /** Drops a pending request. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #run(): void {
    this.stop()
    this.#nextMs = this.#clock.now().monotonicMs + this.#intervalMs()
    this.#act()
  }
}
