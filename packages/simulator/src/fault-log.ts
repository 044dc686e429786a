/** Troubles: since when all has been well with a member, and with the network between all of them. */
import type { NetworkConditions } from './network-conditions.ts'
import type { SimulatedMember } from './simulated-member.ts'

export class FaultLog {
  readonly #conditions: NetworkConditions
  /** Name → when its last trouble ended or will end. */
  readonly #untilMs = new Map<string, number>()
  /** Name → troubles without a foreseeable end. */
  readonly #ongoing = new Map<string, number>()
  #networkUntilMs = 0

  constructor(conditions: NetworkConditions) {
    this.#conditions = conditions
  }

  /** Something is done to a member that lasts until then. */
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

  /** Since when all is well with both and between them, or undefined if it is not. */
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
