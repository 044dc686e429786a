import { Suspension } from './grace-period.ts'
import type { DetectorKnobs } from './parameters.ts'

/** Links lost within this time belong together. Our choice: a network that goes takes all of them in one go. */
export const togetherMs = 1_000
/** Fewer lost links say nothing about our own network. */
const fewestLost = 3
/** How many lost members are dialled again and again. */
const maxLost = 64

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
export class Links {
  readonly #knobs: DetectorKnobs
  readonly #open = new Set<string>()
  readonly #lostAtMs = new Map<string, number>()
  readonly #suspension: Suspension
  #isReported = false
  #refusedMs = -Infinity
  #isGone = false

  constructor(knobs: DetectorKnobs) {
    this.#knobs = knobs
    this.#suspension = new Suspension(knobs.probeIntervalMs)
  }

  /** Until when no verdict is given because of the network. */
  get awayUntilMs(): number {
    return this.#suspension.untilMs
  }

  isOpen(id: string): boolean {
    return this.#open.has(id)
  }

  /** Whether `id` can be reached without a dial, as far as this is known. */
  reaches(id: string): boolean {
    return !this.#isReported || this.#open.has(id)
  }

  /** Returns whether our network came back with it. */
  opened(id: string, nowMs: number): boolean {
    this.#isReported = true
    this.#lostAtMs.delete(id)
    this.#open.add(id)
    return this.heard(nowMs)
  }

  /** A byte came from another machine. Returns whether our network came back with it. */
  heard(nowMs: number): boolean {
    if (!this.#isGone) return false
    this.#isGone = false
    this.#suspension.set(nowMs + this.#knobs.awayMs, nowMs)
    return true
  }

  /** Returns whether there was a link. */
  closed(id: string, nowMs: number): boolean {
    this.#isReported = true
    if (!this.#open.delete(id)) return false
    if (!this.#isGone) this.#dropLostBefore(nowMs - togetherMs)
    this.#lose(id, nowMs)
    const wasRefused = this.#refusedMs > nowMs - togetherMs
    if (!wasRefused && this.#lostAtMs.size >= fewestLost) this.#gone(nowMs)
    return true
  }

  /** Another machine answered, so our network is there. */
  refused(nowMs: number): void {
    this.#refusedMs = nowMs
    this.#isGone = false
    this.#suspension.set(-Infinity, nowMs)
  }

  /** A dial to `id` found no network. */
  networkDown(id: string, nowMs: number): void {
    if (this.#open.size > 0) return
    this.#lose(id, nowMs)
    this.#gone(nowMs)
  }

  /** An interval has begun: whom to dial again. */
  tick(nowMs: number): readonly string[] {
    return this.#isGone || nowMs < this.awayUntilMs ? [...this.#lostAtMs.keys()] : []
  }

  forget(id: string): void {
    this.#open.delete(id)
    this.#lostAtMs.delete(id)
  }

  #gone(nowMs: number): void {
    if (this.#isGone || this.#open.size > 0) return
    this.#isGone = true
    this.#suspension.extend(Infinity, nowMs)
  }

  #lose(id: string, nowMs: number): void {
    if (this.#lostAtMs.has(id) || this.#lostAtMs.size < maxLost) this.#lostAtMs.set(id, nowMs)
  }

  #dropLostBefore(ms: number): void {
    for (const [id, lostMs] of this.#lostAtMs) if (lostMs <= ms) this.#lostAtMs.delete(id)
  }
}
