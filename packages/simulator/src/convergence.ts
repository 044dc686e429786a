/** Convergence: whether every running member sees exactly the running members. */
import type { SimulatedMember } from './simulated-member.ts'

/** With more members, only every second, third … member is checked for the agreement. */
const maxChecked = 100

export class Convergence {
  readonly #members: () => readonly SimulatedMember[]
  /** The last member whose view differed: it is checked first. */
  #lastDiverging: SimulatedMember | undefined

  /** @param members the running members */
  constructor(members: () => readonly SimulatedMember[]) {
    this.#members = members
  }

  isConverged(): boolean {
    const running = this.#members()
    if (this.#lastDiverging?.isRunning && !seesAll(this.#lastDiverging, running)) return false
    this.#lastDiverging = running.find(member => !seesAll(member, running))
    return this.#lastDiverging === undefined
  }

  /** The share of the checked members that see exactly the running members; 1 if no member runs. */
  agreement(): number {
    const running = this.#members()
    const stride = Math.ceil(running.length / maxChecked)
    const checked = running.filter((_, i) => i % stride === 0)
    return checked.length === 0
      ? 1
      : checked.filter(member => seesAll(member, running)).length / checked.length
  }
}

/** Whether exactly these members are alive in a member's view, each in its present incarnation. */
export function seesAll(member: SimulatedMember, others: readonly SimulatedMember[]): boolean {
  return member.machine.health().visible === others.length && seesPresent(member, others)
}

/** Whether these members are alive in a member's view, each in its present incarnation. The view may show others, too. */
export function seesPresent({ machine }: SimulatedMember, others: readonly SimulatedMember[]): boolean {
  return others.every(({ id, incarnation }) => {
    const seen = machine.member(id)
    return seen?.status === 'alive' && seen.incarnation === incarnation
  })
}
