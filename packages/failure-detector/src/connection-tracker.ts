import { GracePeriod } from './grace-period.ts'
import type { DetectorParameters } from './parameters.ts'

/** Links lost within this time belong together. Our choice: a network that goes takes all of them in one go. */
export const outageWindowMs = 1_000
/** Fewer lost links say nothing about our own network. */
const minLost = 3
/** How many lost members are dialled again and again. */
const maxLost = 64

/** State of the connection to one member. `outage`: the local network is down, so that no connection is open. */
export type ConnectionState = 'closed' | 'open' | 'outage'

/**
 * Links: who is connected, and whether it was our own network that changed (Wi-Fi, VPN, dock).
 *
 * Our own network is gone only when all of it is: no link is open, and nothing arrived since. The cause is that
 * several links ended within a second and no machine refused a dial, or that a dial found no network. What a dial
 * to one member says while another link stands is a fact about that member. Judgement is then suspended and the lost
 * are dialled each interval, until a link is open or a byte arrives, and a window has passed since; and no longer than
 * a suspension lasts. Until then, further dials that find no network are the same cause. A host that reports no links
 * has none of this, and is taken to reach everybody.
 */
export class ConnectionTracker {
  readonly #parameters: DetectorParameters
  readonly #open = new Set<string>()
  readonly #disconnectedAtMs = new Map<string, number>()
  readonly #grace: GracePeriod
  #isReported = false
  #refusedMs = -Infinity
  #isOutage = false

  constructor(parameters: DetectorParameters) {
    this.#parameters = parameters
    this.#grace = new GracePeriod(parameters.probeIntervalMs)
  }

  /** Until when no verdict is given because of the network. */
  get graceUntilMs(): number {
    return this.#grace.untilMs
  }

  stateOf(id: string): ConnectionState {
    if (this.#isOutage) return 'outage'
    return this.#open.has(id) ? 'open' : 'closed'
  }

  /** Whether `id` can be reached without a dial, as far as this is known. */
  reaches(id: string): boolean {
    return !this.#isReported || this.#open.has(id)
  }

  /** Returns whether our network came back with it. */
  opened(id: string, nowMs: number): boolean {
    this.#isReported = true
    this.#disconnectedAtMs.delete(id)
    this.#open.add(id)
    return this.received(nowMs)
  }

  /** A byte came from another machine. Returns whether our network came back with it. */
  received(nowMs: number): boolean {
    if (!this.#isOutage) return false
    this.#isOutage = false
    this.#grace.set(nowMs + this.#parameters.pauseGraceMs, nowMs)
    return true
  }

  /** Returns whether there was a link. */
  closed(id: string, nowMs: number): boolean {
    this.#isReported = true
    if (!this.#open.delete(id)) return false
    if (!this.#isOutage) this.#dropLostBefore(nowMs - outageWindowMs)
    this.#disconnected(id, nowMs)
    const wasRefused = this.#refusedMs > nowMs - outageWindowMs
    if (!wasRefused && this.#disconnectedAtMs.size >= minLost) this.#beginOutage(nowMs)
    return true
  }

  /** Another machine answered, so our network is there. */
  refused(nowMs: number): void {
    this.#refusedMs = nowMs
    this.#isOutage = false
    this.#grace.set(-Infinity, nowMs)
  }

  /** A dial to `id` found no network. */
  networkDown(id: string, nowMs: number): void {
    if (this.#open.size > 0) return
    this.#disconnected(id, nowMs)
    this.#beginOutage(nowMs)
  }

  /** An interval has begun: whom to dial again. */
  tick(nowMs: number): readonly string[] {
    return this.#isOutage || nowMs < this.graceUntilMs ? [...this.#disconnectedAtMs.keys()] : []
  }

  forget(id: string): void {
    this.#open.delete(id)
    this.#disconnectedAtMs.delete(id)
  }

  #beginOutage(nowMs: number): void {
    if (this.#isOutage || this.#open.size > 0) return
    this.#isOutage = true
    this.#grace.extend(Infinity, nowMs)
  }

  #disconnected(id: string, nowMs: number): void {
    if (this.#disconnectedAtMs.has(id) || this.#disconnectedAtMs.size < maxLost)
      this.#disconnectedAtMs.set(id, nowMs)
  }

  #dropLostBefore(ms: number): void {
    for (const [id, lostMs] of this.#disconnectedAtMs) if (lostMs <= ms) this.#disconnectedAtMs.delete(id)
  }
}
