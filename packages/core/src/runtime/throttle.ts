/**
 * Paced: does something when asked, but not too often.
 *
 * The first time after a pause at once, then at most once in an interval; whoever asked last is served for certain.
 */
import type { Clock } from '../base/clock.ts'

export class Throttle {
  readonly #clock: Clock
  readonly #intervalMs: () => number
  readonly #act: () => void
  #nextMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined

  /** @param intervalMs asked for each time it was done */
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

  /** Does at once what waits. */
  flush(): void {
    if (this.#cancel) this.#run()
  }

  /** What waits is not done any more. */
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
