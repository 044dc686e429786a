/**
 * A healthy, connected member is not dead in the view of another one: it is not declared so, and whoever was
 * declared dead in trouble is back within the allowance after the trouble.
 */
import type { SimulatedMember } from '../simulated-member.ts'
import { InvariantViolation } from './violation.ts'

export interface FalseDeathsOptions {
  /** How long both must have been healthy and connected, in milliseconds. */
  readonly allowanceMs: number
  /** Since when all is well with both and between them, or undefined if it is not. */
  readonly wellSinceMs: (a: SimulatedMember, b: SimulatedMember) => number | undefined
}

interface DeathVerdict {
  readonly viewer: SimulatedMember
  readonly viewerProcess: number
  readonly subject: SimulatedMember
}

export class FalseDeaths {
  readonly #options: FalseDeathsOptions
  /** Verdicts that stand, by viewer and subject. */
  readonly #pendingVerdicts = new Map<string, DeathVerdict>()
  #count = 0

  constructor(options: FalseDeathsOptions) {
    this.#options = options
  }

  /** Deaths so far of members whose process ran, whatever its troubles. */
  get count(): number {
    return this.#count
  }

  declared(viewer: SimulatedMember, subject: SimulatedMember, nowMs: number): void {
    if (!subject.isRunning) return
    this.#count += 1
    const verdict = { viewer, viewerProcess: viewer.life, subject }
    this.#judge(verdict, nowMs)
    this.#pendingVerdicts.set(`${viewer.name} ${subject.name}`, verdict)
  }

  withdrawn(viewer: SimulatedMember, subject: SimulatedMember): void {
    this.#pendingVerdicts.delete(`${viewer.name} ${subject.name}`)
  }

  /** Now and then. */
  check(nowMs: number): void {
    for (const [key, verdict] of this.#pendingVerdicts) {
      const { viewer, viewerProcess, subject } = verdict
      const seen = viewer.life === viewerProcess ? viewer.machine.member(subject.id)?.status : undefined
      if (seen === 'dead' && subject.isRunning) this.#judge(verdict, nowMs)
      else this.#pendingVerdicts.delete(key)
    }
  }

  #judge({ viewer, subject }: DeathVerdict, nowMs: number): void {
    const { allowanceMs, wellSinceMs } = this.#options
    const sinceMs = wellSinceMs(viewer, subject)
    if (sinceMs !== undefined && nowMs - sinceMs > allowanceMs)
      throw new InvariantViolation(
        'false-deaths',
        `${subject.name} is dead for ${viewer.name}, and all has been well with both for ${Math.round(nowMs - sinceMs)} ms`,
      )
  }
}
