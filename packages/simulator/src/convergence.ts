/** Convergence: whether those who run see exactly those who run. */
import type { SimulatedMember } from './simulated-member.ts'

/** Of more members, each second, third … is asked for its agreement. */
const maxChecked = 100

export class Convergence {
  readonly #members: () => readonly SimulatedMember[]
  /** Who was seen to differ last: the first to be asked again. */
  #lastDiverging: SimulatedMember | undefined

  /** @param members those who run */
  constructor(members: () => readonly SimulatedMember[]) {
    this.#members = members
  }

  isConverged(): boolean {
    const running = this.#members()
    if (this.#lastDiverging?.isRunning && !seesAll(this.#lastDiverging, running)) return false
    this.#lastDiverging = running.find(member => !seesAll(member, running))
    return this.#lastDiverging === undefined
  }

  /** The share of those asked that see exactly the running members; 1 if nobody runs. */
  agreement(): number {
    const running = this.#members()
    const stride = Math.ceil(running.length / maxChecked)
    const asked = running.filter((_, i) => i % stride === 0)
    return asked.length === 0 ? 1 : asked.filter(member => seesAll(member, running)).length / asked.length
  }
}

/** Whether these, and nobody else, are alive in a member's view, each in its present incarnation. */
export function seesAll(member: SimulatedMember, others: readonly SimulatedMember[]): boolean {
  const { machine } = member
  if (machine.health().visible !== others.length) return false
  return others.every(({ id, incarnation }) => {
    const seen = machine.member(id)
    return seen?.status === 'alive' && seen.incarnation === incarnation
  })
}
