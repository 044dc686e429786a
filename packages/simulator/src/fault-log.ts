/** Fault log: since when a member, and the network between all members, has been without faults. */
import type { NetworkConditions } from './network-conditions.ts'
import type { SimulatedMember } from './simulated-member.ts'

export class FaultLog {
  readonly #conditions: NetworkConditions
  /** Name → when its last fault ended or will end. */
  readonly #untilMs = new Map<string, number>()
  /** Name → number of faults whose end is not known. */
  readonly #ongoing = new Map<string, number>()
  #networkUntilMs = 0

  constructor(conditions: NetworkConditions) {
    this.#conditions = conditions
  }

  /** A fault of the member lasts until this time. */
  activeUntil(name: string, untilMs: number): void {
    this.#untilMs.set(name, Math.max(untilMs, this.#untilMs.get(name) ?? 0))
  }

  started(name: string): void {
    this.#ongoing.set(name, (this.#ongoing.get(name) ?? 0) + 1)
  }

  ended(name: string, nowMs: number): void {
    this.#ongoing.set(name, (this.#ongoing.get(name) ?? 1) - 1)
    this.activeUntil(name, nowMs)
  }

  /** The conditions of the network changed. */
  changed(nowMs: number): void {
    this.#networkUntilMs = nowMs
  }

  /** Since when both members and the network between them are without faults; undefined: there is a fault now. */
  healthySinceMs(a: SimulatedMember, b: SimulatedMember, nowMs: number): number | undefined {
    const isWell = ({ name, isRunning, isOffline }: SimulatedMember) =>
      isRunning && !isOffline && !this.#ongoing.get(name)
    if (!this.#conditions.isWhole || !isWell(a) || !isWell(b)) return undefined
    const sinceMs = Math.max(
      this.#networkUntilMs,
      this.#untilMs.get(a.name) ?? 0,
      this.#untilMs.get(b.name) ?? 0,
    )
    return sinceMs > nowMs ? undefined : sinceMs
  }
}
