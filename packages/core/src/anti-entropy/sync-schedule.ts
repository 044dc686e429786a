/**
 * Sync schedule: when the next exchange is due.
 *
 * The interval doubles from `minIntervalMs` to `maxIntervalMs` while tables agree; news resets it. Each wait is
 * drawn between three quarters and five quarters of it, so that members do not fall into step.
 */
export interface SyncScheduleOptions {
  readonly minIntervalMs: number
  readonly maxIntervalMs: number
  readonly random: () => number
}

export class SyncSchedule {
  readonly #options: SyncScheduleOptions
  #intervalMs: number
  #dueMs: number

  constructor(options: SyncScheduleOptions, nowMs: number) {
    this.#options = options
    this.#intervalMs = options.minIntervalMs
    this.#dueMs = nowMs + this.#randomWaitMs()
  }

  get dueMs(): number {
    return this.#dueMs
  }

  /** An exchange was begun. */
  started(nowMs: number): void {
    this.#dueMs = nowMs + this.#randomWaitMs()
  }

  /** Somebody's table turned out to be equal. */
  agreed(): void {
    this.#intervalMs = Math.min(this.#intervalMs * 2, this.#options.maxIntervalMs)
  }

  /** There is news, or somebody's table turned out to be different. */
  changed(nowMs: number): void {
    this.#intervalMs = this.#options.minIntervalMs
    this.#dueMs = Math.min(this.#dueMs, nowMs + this.#randomWaitMs())
  }

  #randomWaitMs(): number {
    return this.#intervalMs * (0.75 + this.#options.random() / 2)
  }
}
