/**
 * App notifications: calls the app's listeners after the step that caused the change.
 *
 * 1. No listener of a store or an event runs during a step. When a listener runs, the step has armed its
 *    timers and sent its frames.
 * 2. Listeners run in rounds: first those of changed stores, then those of events, both in the order of the changes.
 * 3. A listener may begin steps of its own. These run immediately, and their changes are announced in the next round.
 * 4. An error that a listener throws is reported. All other listeners run.
 * 5. One turn of the event loop has at most 32 rounds. Further rounds run in later turns.
 */

import type { Clock } from '../base/clock.ts'
import { callApp } from './app-calls.ts'

/**
 * Our choice: far more than listeners that react to each other need. Only listeners that react to themselves
 * reach it.
 */
const maxRounds = 32
const nextTurnMs = 1

export class AppNotifications {
  /** The member's clock. Each of its timers runs as a step. */
  readonly clock: Clock
  /** A function for each changed store that calls its listeners, in the order of the changes. */
  #stores = new Set<() => void>()
  #events: (() => void)[] = []
  #steps = 0
  #isAnnouncing = false
  #hasTimer = false

  constructor(clock: Clock) {
    this.clock = {
      now: () => clock.now(),
      setTimer: (atMs, callback) => clock.setTimer(atMs, () => this.step(callback)),
    }
  }

  /** Runs a step, or a part of the current one. Listeners run when the outermost step has ended. */
  step<T>(act: () => T): T {
    this.#steps += 1
    try {
      return act()
    } finally {
      this.#steps -= 1
      this.#announce()
    }
  }

  /** A store may have changed. @param notify calls its listeners, each isolated */
  storeChanged(notify: () => void): void {
    this.#stores.add(notify)
    this.#announce()
  }

  /** An event happened. @param dispatch calls its listeners, each isolated */
  event(dispatch: () => void): void {
    this.#events.push(dispatch)
    this.#announce()
  }

  #announce(): void {
    if (this.#steps > 0 || this.#isAnnouncing) return
    this.#isAnnouncing = true
    for (let rounds = 0; this.#isPending && rounds < maxRounds; rounds++) this.#announceRound()
    this.#isAnnouncing = false
    if (this.#isPending) this.#announceLater()
  }

  #announceRound(): void {
    const round = [...this.#stores, ...this.#events]
    this.#stores = new Set()
    this.#events = []
    for (const notify of round) callApp(notify)
  }

  /**
   * Runs the next round in a later turn, so that listeners that react to themselves do not block the event
   * loop.
   */
  #announceLater(): void {
    if (this.#hasTimer) return
    this.#hasTimer = true
    this.clock.setTimer(this.clock.now().monotonicMs + nextTurnMs, () => {
      this.#hasTimer = false
    })
  }

  get #isPending(): boolean {
    return this.#stores.size > 0 || this.#events.length > 0
  }
}
