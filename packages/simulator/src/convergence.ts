/** Convergence: whether those who run see exactly those who run. */
import type { SimulatedMember } from './simulated-member.ts'

/** Of more members, each second, third … is asked for its agreement. */
const maxAsked = 100

export class Convergence {
  readonly #members: () => readonly SimulatedMember[]
  /** Who was seen to differ last: the first to be asked again. */
  #doubtful: SimulatedMember | undefined

  /** @param members those who run */
  constructor(members: () => readonly SimulatedMember[]) {
    this.#members = members
  }

  isConverged(): boolean {
    const running = this.#members()
    if (this.#doubtful?.isRunning && !sees(this.#doubtful, running)) return false
    this.#doubtful = running.find(member => !sees(member, running))
    return this.#doubtful === undefined
  }

  /** The share of those asked that see exactly the running members; 1 if nobody runs. */
  agreement(): number {
    const running = this.#members()
    const stride = Math.ceil(running.length / maxAsked)
    const asked = running.filter((_, i) => i % stride === 0)
    return asked.length === 0 ? 1 : asked.filter(member => sees(member, running)).length / asked.length
  }
}

/** Whether these, and nobody else, are alive in a member's view, each in its present incarnation. */
export function sees(member: SimulatedMember, others: readonly SimulatedMember[]): boolean {
  const { machine } = member
  if (machine.health().visible !== others.length) return false
  return others.every(({ id, incarnation }) => {
    const seen = machine.member(id)
    return seen?.status === 'alive' && seen.incarnation === incarnation
  })
}
