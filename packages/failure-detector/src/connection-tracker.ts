/**
 * Connection tracker: which members are connected, and whether the local network is down (Wi-Fi, VPN, dock).
 *
 * An outage needs two conditions: no connection is open, and either three connections closed within a second without a
 * refused dial, or a dial found no network. While another connection is open, a failed dial concerns the dialled member only.
 * In an outage the detector neither suspects a member nor declares it dead, and dials the disconnected members in each
 * interval. The outage ends when a connection opens or a byte arrives; a grace period follows. `GracePeriod` bounds the
 * length of the outage and of the grace period. If the host reports no connections, the detector sees no outages.
 */
import { GracePeriod } from './grace-period.ts'
import type { DetectorParameters } from './parameters.ts'

/**
 * Connections that close within this time are assumed to close for one reason. Our choice: 1 s, because an
 * outage closes all connections at about the same time.
 */
export const outageWindowMs = 1_000
/** With fewer closed connections, the local network is not the likely cause. Our choice. */
const minLost = 3
/** How many disconnected members the detector dials again in an outage. Our choice. */
const maxLost = 64

/** State of the connection to one member. `outage`: the local network is down, so that no connection is open. */
export type ConnectionState = 'closed' | 'open' | 'outage'

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

  /**
   * Until when the detector neither suspects a member nor declares it dead, because of the local network. Monotonic ms;
   * −Infinity if never.
   */
  get graceUntilMs(): number {
    return this.#grace.untilMs
  }

  stateOf(id: string): ConnectionState {
    if (this.#isOutage) return 'outage'
    return this.#open.has(id) ? 'open' : 'closed'
  }

  /** Whether `id` is connected. A host that reports no connections is assumed to be connected to every member. */
  reaches(id: string): boolean {
    return !this.#isReported || this.#open.has(id)
  }

  /** Returns whether the connection ends an outage. */
  opened(id: string, nowMs: number): boolean {
    this.#isReported = true
    this.#disconnectedAtMs.delete(id)
    this.#open.add(id)
    return this.received(nowMs)
  }

  /** Records a byte from another machine. Returns whether the byte ends an outage. */
  received(nowMs: number): boolean {
    if (!this.#isOutage) return false
    this.#isOutage = false
    this.#grace.set(nowMs + this.#parameters.pauseGraceMs, nowMs)
    return true
  }

  /** Returns whether the connection was open. */
  closed(id: string, nowMs: number): boolean {
    this.#isReported = true
    if (!this.#open.delete(id)) return false
    if (!this.#isOutage) this.#dropLostBefore(nowMs - outageWindowMs)
    this.#disconnected(id, nowMs)
    const wasRefused = this.#refusedMs > nowMs - outageWindowMs
    if (!wasRefused && this.#disconnectedAtMs.size >= minLost) this.#beginOutage(nowMs)
    return true
  }

  /** Records a refused dial. Another machine answered, so the local network works: an outage ends at once. */
  refused(nowMs: number): void {
    this.#refusedMs = nowMs
    this.#isOutage = false
    this.#grace.set(-Infinity, nowMs)
  }

  /** Records a dial to `id` that found no network. An outage begins only if no connection is open. */
  networkDown(id: string, nowMs: number): void {
    if (this.#open.size > 0) return
    this.#disconnected(id, nowMs)
    this.#beginOutage(nowMs)
  }

  /** Begins an interval. Returns the members to dial again. */
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
