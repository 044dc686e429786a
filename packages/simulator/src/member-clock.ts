/**
 * Member clock: time as one member's process lives it, which may stop, sleep, be throttled or be wrong.
 *
 * What happens to a process while it is paused waits, in order, until it goes on. Its monotonic clock never goes
 * back; whether it counts a sleep is the system's choice.
 */
import type { Clock, Instant } from '@hearsay/core/host'
import { onGrid, type VirtualTime } from './virtual-time.ts'

/** The wall clocks at the start of a simulation. */
const startedEpochMs = 1_700_000_000_000
/** Browsers wake a hidden tab's timers once a minute. */
const throttledMs = 60_000

export interface PauseOptions {
  /** The whole machine, not only the process: what is sent to it is not even acknowledged. */
  readonly isAsleep: boolean
  readonly monotonicStops: boolean
  /** On going on, timers before what arrived. */
  readonly timersFirst: boolean
}

interface Timer {
  readonly atMonotonicMs: number
  readonly callback: () => void
}

export class MemberClock implements Clock {
  /** How far its wall clock is off. */
  skewMs = 0
  #isThrottled = false
  #isAsleep = false
  readonly #time: VirtualTime
  /** What its monotonic clock missed, up to when it stands still. */
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
    return { monotonicMs, epochMs: Math.floor(startedEpochMs + this.#time.nowMs + this.skewMs) }
  }

  get isPaused(): boolean {
    return this.#time.nowMs < this.#pausedUntilMs
  }

  get isAsleep(): boolean {
    return this.#isAsleep
  }

  /** Timers that have not rung. */
  get pending(): number {
    return this.#timers.size
  }

  setTimer(atMonotonicMs: number, callback: () => void): () => void {
    // Rounded first: a sum with what was missed must not fall short of it by a last bit.
    const timer = { atMonotonicMs: onGrid(atMonotonicMs), callback }
    this.#timers.add(timer)
    this.#wakeFor(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Does it now, or when the process goes on. */
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
      // Unless a longer pause came over it, or the process ended.
      if (this.#pausedUntilMs === untilMs) this.#resume(timersFirst)
    })
  }

  /** From now on its timers ring once a minute only. Returns its undo. */
  throttle(): () => void {
    this.#isThrottled = true
    return () => {
      this.#isThrottled = false
      for (const timer of this.#timers) this.#wakeFor(timer)
    }
  }

  /** The process ended, and with it its timers and what waited for it. */
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
    const atMs = this.#ringsAtMs(atMonotonicMs)
    if (atMs >= this.#wakeAtMs) return
    this.#cancelWake()
    this.#wakeAtMs = Math.max(atMs, this.#time.nowMs)
    this.#cancelWake = this.#time.at(atMs, () => this.#wake())
  }

  #ringsAtMs(atMonotonicMs: number): number {
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
      if (this.#ringsAtMs(timer.atMonotonicMs) > this.#time.nowMs) this.#wakeFor(timer)
      else if (this.#timers.delete(timer)) timer.callback()
    }
  }
}
