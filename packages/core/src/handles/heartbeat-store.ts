/**
 * Heartbeat store: the heartbeats as received, at most a second old. While somebody listens they are refreshed each
 * second, because phi grows by itself, and the cluster is told so.
 */

import type { Heartbeat } from '../api/cluster.ts'
import type { Store } from '../api/store.ts'
import type { Clock, Instant } from '../base/clock.ts'
import type { Machine } from '../member/membership-machine.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'

const refreshMs = 1_000

type Heartbeats = ReadonlyMap<string, Heartbeat>

export class HeartbeatStore implements Store<Heartbeats> {
  readonly #store: OwnedStore<Heartbeats>
  readonly #machine: () => Machine | undefined
  readonly #clock: Clock
  readonly #watched: () => void
  readonly #subscriptions = new Set<() => void>()
  #snapshot: Heartbeats = new Map()
  #takenMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(machine: () => Machine | undefined, notifications: AppNotifications, watched: () => void) {
    this.#machine = machine
    this.#clock = notifications.clock
    this.#watched = watched
    this.#store = createStore(notifications, () => this.getSnapshot())
  }

  getSnapshot(): Heartbeats {
    const machine = this.#machine()
    const now = this.#clock.now()
    if (!machine || now.monotonicMs - this.#takenMs < refreshMs) return this.#snapshot
    this.#takenMs = now.monotonicMs
    this.#snapshot = take(machine, now)
    return this.#snapshot
  }

  subscribe(listener: () => void): () => void {
    const unsubscribe = this.#store.subscribe(listener)
    this.#subscriptions.add(unsubscribe)
    this.#follow()
    return () => {
      unsubscribe()
      this.#subscriptions.delete(unsubscribe)
      if (this.#subscriptions.size === 0) this.#pause()
    }
  }

  /** The member begins a life. */
  start(): void {
    this.#isStopped = false
    this.#follow()
  }

  /** The member has left: the last snapshot stays, also for listeners that come later. */
  stop(): void {
    this.#isStopped = true
    this.#pause()
  }

  #follow(): void {
    if (!this.#cancel && !this.#isStopped && this.#subscriptions.size > 0) this.#refreshLater()
  }

  #pause(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #refreshLater(): void {
    this.#cancel = this.#clock.setTimer(this.#clock.now().monotonicMs + refreshMs, () => {
      this.#refreshLater()
      this.#watched()
      // Also if it was read a moment ago.
      this.#takenMs = Number.NEGATIVE_INFINITY
      this.#store.refresh()
    })
  }
}

function take(machine: Machine, now: Instant): ReadonlyMap<string, Heartbeat> {
  const hearts = new Map<string, Heartbeat>()
  for (const { id, heartbeat } of machine.table.entries()) {
    const lastHeardMs = machine.heardEpochMs(id)
    if (!heartbeat || lastHeardMs === undefined) continue
    hearts.set(id, {
      incarnation: heartbeat.incarnation,
      beat: heartbeat.beat,
      lastHeardMs,
      phi: machine.detector.phi(id, now.monotonicMs) ?? 0,
      roundTripMs: machine.roundTripMs(id),
    })
  }
  return hearts
}
