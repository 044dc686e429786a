/** Heartbeat store: the hearts as heard, at most a second old. While watched they are refreshed each second, because phi grows by itself, and the cluster is told so. */

import type { Machine } from '../cluster/machine.ts'
import type { Clock } from '../cluster/ports.ts'
import type { Store } from '../cluster/store.ts'
import type { Instant } from '../state/instant.ts'
import type { Heartbeat } from './cluster.ts'

const refreshMs = 1_000

export class HeartbeatStore implements Store<ReadonlyMap<string, Heartbeat>> {
  readonly #listeners = new Set<() => void>()
  readonly #machine: () => Machine | undefined
  readonly #clock: Clock
  readonly #watched: () => void
  #snapshot: ReadonlyMap<string, Heartbeat> = new Map()
  #takenMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined

  constructor(machine: () => Machine | undefined, clock: Clock, watched: () => void) {
    this.#machine = machine
    this.#clock = clock
    this.#watched = watched
  }

  getSnapshot(): ReadonlyMap<string, Heartbeat> {
    const machine = this.#machine()
    const now = this.#clock.now()
    if (!machine || now.monotonicMs - this.#takenMs < refreshMs) return this.#snapshot
    this.#takenMs = now.monotonicMs
    this.#snapshot = take(machine, now)
    return this.#snapshot
  }

  subscribe(listener: () => void): () => void {
    const call = () => listener()
    this.#listeners.add(call)
    if (!this.#cancel) this.#refreshLater()
    return () => {
      this.#listeners.delete(call)
      if (this.#listeners.size === 0) this.stop()
    }
  }

  /** Ends the refreshing; the last snapshot stays. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #refreshLater(): void {
    this.#cancel = this.#clock.setTimer(this.#clock.now().monotonicMs + refreshMs, () => {
      this.#refreshLater()
      this.#watched()
      for (const each of [...this.#listeners]) each()
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
