import type { DetectorKnobs } from './knobs.ts'

/** Links lost within this time belong together. Our choice: a network that goes takes all of them in one go. */
export const togetherMs = 1_000
/** Fewer lost links say nothing about our own network. */
const fewestLost = 3
/** The part of the links that has to be lost. */
const partLost = 0.75
/** How many lost members are dialled again and again. */
const maxLost = 64
/** For so many intervals without any link a member takes the fault on itself; longer only if a dial says so. */
const intervalsWithoutLink = 10

/** Whether so many links lost together mean that it is our own network that went. */
export function isOwnNetwork(lost: number, stillOpen: number): boolean {
  return lost >= fewestLost && lost >= partLost * (lost + stillOpen)
}

/**
 * Links: who is connected, and whether it was our own network that changed (Wi-Fi, VPN, dock).
 *
 * When most links end within a second and nobody refuses, or a dial says so, the network is taken to be gone.
 * Then nobody is judged and the lost are dialled each interval, until a link is open again and a window has
 * passed since. A host that reports no links has none of this, and is taken to reach everybody.
 */
export class Links {
  readonly #knobs: DetectorKnobs
  readonly #open = new Set<string>()
  readonly #lostAtMs = new Map<string, number>()
  #isReported = false
  #refusedMs = -Infinity
  #goneSinceMs: number | undefined
  #awayUntilMs = -Infinity

  constructor(knobs: DetectorKnobs) {
    this.#knobs = knobs
  }

  /** Until when no verdict is given because of the network. */
  get awayUntilMs(): number {
    return this.#awayUntilMs
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
    const isBack = this.#goneSinceMs !== undefined
    if (isBack) this.#awayUntilMs = nowMs + this.#knobs.awayMs
    this.#isReported = true
    this.#goneSinceMs = undefined
    this.#lostAtMs.delete(id)
    this.#open.add(id)
    return isBack
  }

  /** Returns whether there was a link. */
  closed(id: string, nowMs: number): boolean {
    this.#isReported = true
    if (!this.#open.delete(id)) return false
    if (this.#goneSinceMs === undefined) this.#dropLostBefore(nowMs - togetherMs)
    this.#lose(id, nowMs)
    const wasRefused = this.#refusedMs > nowMs - togetherMs
    if (!wasRefused && isOwnNetwork(this.#lostAtMs.size, this.#open.size)) this.#gone(nowMs)
    return true
  }

  /** Another machine answered, so our network is there. */
  refused(nowMs: number): void {
    this.#refusedMs = nowMs
    this.#goneSinceMs = undefined
    this.#awayUntilMs = -Infinity
  }

  /** A dial to `id` said that there is no network. */
  networkDown(id: string, nowMs: number): void {
    this.#lose(id, nowMs)
    this.#gone(nowMs)
  }

  /** An interval has begun: whom to dial again. */
  tick(nowMs: number): readonly string[] {
    const sinceMs = this.#goneSinceMs
    if (sinceMs === undefined && nowMs >= this.#awayUntilMs) return []
    if (sinceMs !== undefined && nowMs < sinceMs + intervalsWithoutLink * this.#knobs.probeIntervalMs)
      this.#gone(nowMs)
    return [...this.#lostAtMs.keys()]
  }

  forget(id: string): void {
    this.#open.delete(id)
    this.#lostAtMs.delete(id)
  }

  #gone(nowMs: number): void {
    this.#goneSinceMs ??= nowMs
    this.#awayUntilMs = nowMs + this.#knobs.awayMs
  }

  #lose(id: string, nowMs: number): void {
    if (this.#lostAtMs.has(id) || this.#lostAtMs.size < maxLost) this.#lostAtMs.set(id, nowMs)
  }

  #dropLostBefore(ms: number): void {
    for (const [id, lostMs] of this.#lostAtMs) if (lostMs <= ms) this.#lostAtMs.delete(id)
  }
}
