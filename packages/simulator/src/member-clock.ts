/**
 * Member clock: the time of one member's process. The process may be paused, suspended or throttled, and its wall clock may
 * be wrong.
 *
 * Actions on a paused process wait, in order, until it resumes. The monotonic clock never goes back; whether this clock
 * counts a suspension depends on the system.
 */
import type { Clock, Instant } from '@hearsay/core/host'
import { onGrid, type VirtualTime } from './virtual-time.ts'

/** The time of all wall clocks at the start of a simulation. */
const startedEpochMs = 1_700_000_000_000
/** Browsers run a hidden tab's timers once a minute. */
const throttledMs = 60_000

/** How a process is paused. */
export interface PauseOptions {
  /** The whole machine is suspended, not only the process: its kernel acknowledges nothing. */
  readonly isAsleep: boolean
  readonly monotonicStops: boolean
  /** On resuming, due timers run before waiting frames. */
  readonly timersFirst: boolean
}

interface Timer {
  readonly atMonotonicMs: number
  readonly callback: () => void
}

export class MemberClock implements Clock {
  /** The error of its wall clock, in milliseconds. */
  skewMs = 0
  #isThrottled = false
  #isAsleep = false
  readonly #time: VirtualTime
  /** The time that its monotonic clock did not count, up to the start of the present suspension. */
  #missedMs = 0
  #stoppedSinceMs: number | undefined
  #pausedUntilMs = Number.NEGATIVE_INFINITY
  #waiting: { readonly isTimer: boolean; readonly act: () => void }[] = []
  readonly #timers = new Set<Timer>()
  #wakeAtMs = Number.POSITIVE_INFINITY
  #cancelWake: () => void = () => {}

  constructor(time: VirtualTime) {
    this.#time = time
  }

  now(): Instant {
    const monotonicMs = (this.#stoppedSinceMs ?? this.#time.nowMs) - this.#missedMs
    const epochMs = Math.floor(startedEpochMs + this.#time.nowMs + this.skewMs)
    return { monotonicMs, epochMs: Math.max(0, epochMs) }
  }

  get isPaused(): boolean {
    return this.#time.nowMs < this.#pausedUntilMs
  }

  get isAsleep(): boolean {
    return this.#isAsleep
  }

  /** The number of armed timers. */
  get pending(): number {
    return this.#timers.size
  }

  setTimer(atMonotonicMs: number, callback: () => void): () => void {
    // Round before adding: otherwise the sum with #missedMs could be too small by the last bit.
    const timer = { atMonotonicMs: onGrid(atMonotonicMs), callback }
    this.#timers.add(timer)
    this.#wakeFor(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Runs `act` now or, if the process is paused, when it resumes. */
  whenAwake(act: () => void): void {
    if (this.isPaused) this.#waiting.push({ isTimer: false, act })
    else act()
  }

  pause(ms: number, { isAsleep, monotonicStops, timersFirst }: PauseOptions): void {
    const untilMs = this.#time.nowMs + ms
    if (monotonicStops) this.#stoppedSinceMs ??= this.#time.nowMs
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs)
    this.#isAsleep ||= isAsleep
    this.#time.at(untilMs, () => {
      // Do not resume if a longer pause began meanwhile, or the process ended.
      if (this.#pausedUntilMs === untilMs) this.#resume(timersFirst)
    })
  }

  /** From now on, the timers of the process run only once a minute. @returns a function that ends this */
  throttle(): () => void {
    this.#isThrottled = true
    return () => {
      this.#isThrottled = false
      for (const timer of this.#timers) this.#wakeFor(timer)
    }
  }

  /** The process ended: drops its timers and the actions that waited for it to resume. */
  reset(): void {
    this.#timers.clear()
    this.#waiting = []
    this.#pausedUntilMs = Number.NEGATIVE_INFINITY
    this.#resume(false)
  }

  #resume(timersFirst: boolean): void {
    this.#isAsleep = false
    this.#missedMs += this.#time.nowMs - (this.#stoppedSinceMs ?? this.#time.nowMs)
    this.#stoppedSinceMs = undefined
    const waiting = this.#waiting
    this.#waiting = []
    const timers = waiting.filter(({ isTimer }) => isTimer)
    const rest = waiting.filter(({ isTimer }) => !isTimer)
    for (const { act } of timersFirst ? [...timers, ...rest] : [...rest, ...timers]) act()
  }

  #wakeFor({ atMonotonicMs }: Timer): void {
    const atMs = this.#dueAtMs(atMonotonicMs)
    if (atMs >= this.#wakeAtMs) return
    this.#cancelWake()
    this.#wakeAtMs = Math.max(atMs, this.#time.nowMs)
    this.#cancelWake = this.#time.at(atMs, () => this.#wake())
  }

  #dueAtMs(atMonotonicMs: number): number {
    const atMs = atMonotonicMs + this.#missedMs
    return this.#isThrottled ? Math.ceil(atMs / throttledMs) * throttledMs : atMs
  }

  #wake(): void {
    this.#wakeAtMs = Number.POSITIVE_INFINITY
    if (this.isPaused) {
      this.#waiting.push({ isTimer: true, act: () => this.#wake() })
      return
    }
    for (const timer of [...this.#timers]) {
      if (this.#dueAtMs(timer.atMonotonicMs) > this.#time.nowMs) this.#wakeFor(timer)
      else if (this.#timers.delete(timer)) timer.callback()
    }
  }
}
