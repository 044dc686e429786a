/**
 * Invariant: no member considers a healthy, connected member dead. No member declares it dead, and a member that was
 * declared dead during a fault is alive again within the allowance after the fault.
 */
import type { SimulatedMember } from '../simulated-member.ts'
import { InvariantViolation } from './violation.ts'

export interface FalseDeathsOptions {
  /** How long both members must have been healthy and connected, in milliseconds. */
  readonly allowanceMs: number
  /** Since when both members and the network between them are without faults; undefined: there is a fault now. */
  readonly wellSinceMs: (a: SimulatedMember, b: SimulatedMember) => number | undefined
}

interface DeclaredDeath {
  readonly viewer: SimulatedMember
  readonly viewerProcess: number
  readonly subject: SimulatedMember
}

export class FalseDeaths {
  readonly #options: FalseDeathsOptions
  /** Deaths that are not withdrawn, by viewer and subject. */
  readonly #deaths = new Map<string, DeclaredDeath>()
  #count = 0

  constructor(options: FalseDeathsOptions) {
    this.#options = options
  }

  /** The number of deaths declared so far of members whose process ran, with or without a fault. */
  get count(): number {
    return this.#count
  }

  declared(viewer: SimulatedMember, subject: SimulatedMember, nowMs: number): void {
    if (!subject.isRunning) return
    this.#count += 1
    const death = { viewer, viewerProcess: viewer.processNumber, subject }
    this.#judge(death, nowMs)
    this.#deaths.set(`${viewer.name} ${subject.name}`, death)
  }

  withdrawn(viewer: SimulatedMember, subject: SimulatedMember): void {
    this.#deaths.delete(`${viewer.name} ${subject.name}`)
  }

  /** Called regularly between steps. */
  check(nowMs: number): void {
    for (const [key, death] of this.#deaths) {
      const { viewer, viewerProcess, subject } = death
      const seen =
        viewer.processNumber === viewerProcess ? viewer.machine.member(subject.id)?.status : undefined
      if (seen === 'dead' && subject.isRunning) this.#judge(death, nowMs)
      else this.#deaths.delete(key)
    }
  }

  #judge({ viewer, subject }: DeclaredDeath, nowMs: number): void {
    const { allowanceMs, wellSinceMs } = this.#options
    const sinceMs = wellSinceMs(viewer, subject)
    if (sinceMs !== undefined && nowMs - sinceMs > allowanceMs)
      throw new InvariantViolation(
        'false-deaths',
        `${subject.name} is dead for ${viewer.name}, and all has been well with both for ${Math.round(nowMs - sinceMs)} ms`,
      )
  }
}
