/**
 * Sync schedule: when the next sync is due.
 *
 * The interval doubles from `minIntervalMs` to `maxIntervalMs` while tables are equal; a change or a difference resets it
 * to `minIntervalMs`. Each wait is a random time between 75 % and 125 % of the interval, so that members do not
 * synchronise their waits.
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

  /** Monotonic milliseconds. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** A sync was started. */
  started(nowMs: number): void {
    this.#dueMs = nowMs + this.#randomWaitMs()
  }

  /** A sync has shown that a peer's table equals the local table. */
  agreed(): void {
    this.#intervalMs = Math.min(this.#intervalMs * 2, this.#options.maxIntervalMs)
  }

  /** The local table changed, or a peer's table was different. */
  changed(nowMs: number): void {
    this.#intervalMs = this.#options.minIntervalMs
    this.#dueMs = Math.min(this.#dueMs, nowMs + this.#randomWaitMs())
  }

  #randomWaitMs(): number {
    return this.#intervalMs * (0.75 + this.#options.random() / 2)
  }
}
