/** Member directory: which member has an id, and which member answers at an address. */
import type { SimulatedMember } from './simulated-member.ts'

export class MemberDirectory {
  /** Member id → the members with this id: more than one if an identity was copied. */
  readonly #byId = new Map<string, readonly SimulatedMember[]>()
  readonly #byAddress = new Map<string, SimulatedMember>()

  /** The number of ids that members have or had. */
  get ids(): number {
    return this.#byId.size
  }

  /** From now on a member has this id and can be dialled at this address. */
  register(member: SimulatedMember): void {
    const others = this.#byId.get(member.id)?.filter(other => other !== member) ?? []
    this.#byId.set(member.id, [...others, member])
    this.#byAddress.set(member.address, member)
  }

  /** From now on dials to this address fail. */
  unregisterAddress(address: string): void {
    this.#byAddress.delete(address)
  }

  /** A member with this id, preferably one whose process runs. */
  memberOf(id: string): SimulatedMember | undefined {
    const members = this.#byId.get(id)
    return members?.find(({ isRunning }) => isRunning) ?? members?.[0]
  }

  at(address: string): SimulatedMember | undefined {
    return this.#byAddress.get(address)
  }

  /** @throws {Error} no member has or had this id */
  require(id: string): SimulatedMember {
    const member = this.memberOf(id)
    if (!member) throw new Error(`no member ${id}`)
    return member
  }
}
