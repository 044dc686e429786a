/**
 * App notifications: what a step changed is announced to the app after the step.
 *
 * 1. No listener of a store or an event runs while a step is under way. Timers are armed and frames are sent by then.
 * 2. Listeners run in rounds: first those of stores that changed, then those of events, both in the order of the changes.
 * 3. A listener may begin steps of its own. They run at once, and what they change is announced in the next round.
 * 4. What a listener throws is reported, and keeps no other listener from running.
 * 5. A turn of the event loop has a bounded number of rounds. The others follow in later turns.
 */

import type { Clock } from '../base/clock.ts'
import { callApp } from './app-calls.ts'

/** Our choice: far more than listeners that react to each other need. Only one that reacts to itself gets there. */
const maxRounds = 32
const nextTurnMs = 1

export class AppNotifications {
  /** The member's clock, whose timers are steps. */
  readonly clock: Clock
  /** How changed stores call their listeners, in the order in which they changed. */
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

  /** Runs a step, or a part of the one that is under way. Listeners run when the outermost one has ended. */
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

  /** @param dispatch calls the listeners of an event, each isolated */
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

  /** Also ends what would otherwise keep the event loop from everything else. */
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
