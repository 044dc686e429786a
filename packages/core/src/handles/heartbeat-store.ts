/**
 * Heartbeat store: the newest heartbeat of each member, at most 1 s old. While the store has a listener, it is refreshed
 * every second, because phi grows with time, and round trips are measured.
 */

import type { Heartbeat } from '../api/cluster.ts'
import type { Store } from '../api/store.ts'
import type { Clock, Instant } from '../base/clock.ts'
import type { MembershipMachine } from '../member/membership-machine.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'

const refreshMs = 1_000

type Heartbeats = ReadonlyMap<string, Heartbeat>

export class HeartbeatStore implements Store<Heartbeats> {
  readonly #store: OwnedStore<Heartbeats>
  readonly #machine: () => MembershipMachine | undefined
  readonly #clock: Clock
  readonly #measureRoundTrips: () => void
  readonly #subscriptions = new Set<() => void>()
  #snapshot: Heartbeats = new Map()
  #snapshotMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(
    machine: () => MembershipMachine | undefined,
    notifications: AppNotifications,
    measureRoundTrips: () => void,
  ) {
    this.#machine = machine
    this.#clock = notifications.clock
    this.#measureRoundTrips = measureRoundTrips
    this.#store = createStore(notifications, () => this.getSnapshot())
  }

  getSnapshot(): Heartbeats {
    const machine = this.#machine()
    const now = this.#clock.now()
    if (!machine || now.monotonicMs - this.#snapshotMs < refreshMs) return this.#snapshot
    this.#snapshotMs = now.monotonicMs
    this.#snapshot = snapshotOf(machine, now)
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

  /** The member starts, or starts again. */
  start(): void {
    this.#isStopped = false
    this.#follow()
  }

  /** The member has left: the last snapshot stays, for later listeners too. */
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
      this.#measureRoundTrips()
      // Drop the cached snapshot, which an app may just have read. Otherwise it would hide the refresh.
      this.#snapshotMs = Number.NEGATIVE_INFINITY
      this.#store.refresh()
    })
  }
}

function snapshotOf(machine: MembershipMachine, now: Instant): ReadonlyMap<string, Heartbeat> {
  const heartbeats = new Map<string, Heartbeat>()
  for (const { id, heartbeat } of machine.table.rows()) {
    const receivedAtMs = machine.lastHeartbeatEpochMs(id)
    if (!heartbeat || receivedAtMs === undefined) continue
    heartbeats.set(id, {
      incarnation: heartbeat.incarnation,
      sequence: heartbeat.sequence,
      receivedAtMs,
      phi: machine.detector.phi(id, now.monotonicMs) ?? 0,
      roundTripMs: machine.roundTripMs(id),
    })
  }
  return heartbeats
}
