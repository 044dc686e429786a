/**
 * Space members: which members are in each of the local member's spaces.
 */
import { type ClusterView, generationIn, isPresent } from './space-roster.ts'

export class SpaceMembers {
  readonly #view: ClusterView
  /** Space → ids of the present members in it, in the order in which they joined. */
  readonly #members = new Map<string, Set<string>>()
  /** Space → ids of the suspect members in it that were never alive in the local view. */
  readonly #suspects = new Map<string, Set<string>>()

  constructor(view: ClusterView) {
    this.#view = view
  }

  enter(space: string): void {
    const memberIds = this.#view.memberIds()
    this.#members.set(space, new Set(memberIds.filter(id => this.#isIn(id, space))))
    this.#suspects.set(space, new Set(memberIds.filter(id => this.#isSuspectIn(id, space))))
  }

  leave(space: string): void {
    this.#suspects.delete(space)
    this.#members.delete(space)
  }

  /** A member's record or status changed. @returns the spaces that the member has just joined, or left */
  changed(id: string): { readonly joined: readonly string[]; readonly left: readonly string[] } {
    const joined: string[] = []
    const left: string[] = []
    // Look the member up once, not per space: there may be many spaces, and most changed members are in none
    // of them.
    const member = this.#view.member(id)
    const isSuspect = member?.status === 'suspect' && !member.wasAlive
    const spaces = new Set(member?.spaces.map(({ space }) => space))
    for (const [space, suspects] of this.#suspects) {
      if (isSuspect && spaces.has(space)) suspects.add(id)
      else suspects.delete(id)
    }
    const isHere = member !== undefined && isPresent(member)
    for (const [space, members] of this.#members) {
      const isIn = isHere && spaces.has(space)
      if (isIn === members.has(id)) continue
      if (isIn) {
        members.add(id)
        joined.push(space)
      } else {
        members.delete(id)
        left.push(space)
      }
    }
    return { joined, left }
  }

  /** The members of each space. */
  groups(): Iterable<ReadonlySet<string>> {
    return this.#members.values()
  }

  /** Whether a member is in one of the spaces, and present. */
  has(id: string): boolean {
    for (const members of this.#members.values()) if (members.has(id)) return true
    return false
  }

  /** Whether a member is in this space, and present. */
  isPresentIn(id: string, space: string): boolean {
    return this.#members.get(space)?.has(id) ?? this.#isIn(id, space)
  }

  /** The local member's spaces that a member is also in. */
  sharedWith(id: string): string[] {
    const member = this.#view.member(id)
    return (member?.spaces ?? []).map(({ space }) => space).filter(space => this.#members.has(space))
  }

  /** Members of a space without the local member. */
  othersIn(space: string): string[] {
    const { self } = this.#view
    return [...(this.#members.get(space) ?? [])].filter(id => id !== self)
  }

  /**
   * Members of a space that are suspect and were never alive in the local view. These members may be alive, or may have died
   * long ago.
   */
  suspectsIn(space: string): string[] {
    return [...(this.#suspects.get(space) ?? [])]
  }

  /** Members of a space that are connected to the local member. */
  connectedIn(space: string): string[] {
    return this.#view.connected().filter(id => this.#isIn(id, space))
  }

  #isIn(id: string, space: string): boolean {
    const member = this.#view.member(id)
    return member !== undefined && isPresent(member) && generationIn(member, space) !== undefined
  }

  #isSuspectIn(id: string, space: string): boolean {
    const member = this.#view.member(id)
    return member?.status === 'suspect' && !member.wasAlive && generationIn(member, space) !== undefined
  }
}
