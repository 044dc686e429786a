/**
 * Periodic store: a store over a value that changes with time, or without a step that reports the change. While the member
 * runs and the store has a listener, the store is refreshed every second. Before the member starts the store has its initial
 * value; after the leave it keeps its last value.
 */
import type { Store } from '../api/store.ts'
import type { Clock } from '../base/clock.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'

/** Our choice: often enough for a person who looks at the values. */
export const refreshIntervalMs = 1_000

export interface PeriodicStoreOptions<T> {
  readonly notifications: AppNotifications
  /** The value before the member starts. */
  readonly initial: T
  /** Computes the present value. Returns `last` if it is equal. */
  readonly compute: (last: T) => T
  /** How long a computed value is returned again without a new computation. 0: each read computes the value. */
  readonly maxAgeMs: number
  /** Runs before each periodic refresh. */
  readonly beforeRefresh?: () => void
}

export class PeriodicStore<T> implements Store<T> {
  readonly #options: PeriodicStoreOptions<T>
  readonly #clock: Clock
  readonly #store: OwnedStore<T>
  readonly subscribe: (listener: () => void) => () => void
  #snapshot: T
  /** The snapshot is returned until this time. */
  #validUntilMs = Number.POSITIVE_INFINITY
  #isRunning = false
  #cancelTimer: (() => void) | undefined

  constructor(options: PeriodicStoreOptions<T>) {
    this.#options = options
    this.#clock = options.notifications.clock
    this.#snapshot = options.initial
    this.#store = createStore(options.notifications, this.getSnapshot, isWatched =>
      isWatched ? this.#setTimerIfNeeded() : this.#stopTimer(),
    )
    this.subscribe = this.#store.subscribe
  }

  /** An arrow function, because adapters for frameworks call it without the store as `this`. */
  readonly getSnapshot = (): T => {
    const nowMs = this.#clock.now().monotonicMs
    if (nowMs >= this.#validUntilMs) {
      const { compute, maxAgeMs } = this.#options
      this.#validUntilMs = this.#isRunning ? nowMs + maxAgeMs : Number.POSITIVE_INFINITY
      this.#snapshot = compute(this.#snapshot)
    }
    return this.#snapshot
  }

  /**
   * The value may have changed. If it has, listeners are called after the step. Has an effect after the leave, too,
   * because storing the last changes may fail.
   */
  refresh(): void {
    // If an app has just read the snapshot, the snapshot is still valid, and would hide the change.
    this.#validUntilMs = Number.NEGATIVE_INFINITY
    this.#store.refresh()
  }

  /** The member starts, or starts again. */
  start(): void {
    this.#isRunning = true
    this.#validUntilMs = Number.NEGATIVE_INFINITY
    this.#setTimerIfNeeded()
  }

  /** The member has left: the present value is the last one. */
  stop(): void {
    this.getSnapshot()
    this.#isRunning = false
    this.#validUntilMs = Number.POSITIVE_INFINITY
    this.#stopTimer()
    this.#store.refresh()
  }

  #setTimerIfNeeded(): void {
    if (!this.#cancelTimer && this.#isRunning && this.#store.isWatched) this.#setTimer()
  }

  #setTimer(): void {
    this.#cancelTimer = this.#clock.setTimer(this.#clock.now().monotonicMs + refreshIntervalMs, () => {
      this.#setTimer()
      this.#options.beforeRefresh?.()
      this.refresh()
    })
  }

  #stopTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}
