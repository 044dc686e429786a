/**
 * Space members: which members are in each of the local member's spaces, and to which members it should be connected
 * for these spaces.
 *
 * The members of each space, and the holders of each document in it, are groups that have to be connected among
 * themselves. Members often join and leave several at a time, so a change schedules one computation 200 ms later.
 */
import { type GroupView, groupNeighbours } from './space-rings.ts'
import { type ClusterView, isPresent, type MemberWithSpaces } from './space-roster.ts'

const regroupWaitMs = 200
/**
 * Maximum number of extra connections for spaces. If spaces need more connections, the members take turns.
 */
const maxExtraPeers = 64
const rotationMs = 30_000

export class SpaceMembers {
  readonly #view: ClusterView
  readonly #isUnreachable: (id: string) => boolean
  /** Space → ids of the present members in it, in the order in which they joined. */
  readonly #members = new Map<string, Set<string>>()
  /** Space → ids of the suspect members in it that were never alive in the local view. */
  readonly #suspects = new Map<string, Set<string>>()
  #extraPeers = ''
  #turn = 0
  #regroupDueMs = Number.POSITIVE_INFINITY

  /** @param isUnreachable whether the local member cannot exchange messages with a member directly */
  constructor(view: ClusterView, isUnreachable: (id: string) => boolean) {
    this.#view = view
    this.#isUnreachable = isUnreachable
  }

  /** When to call `takeExtraPeers`, in monotonic ms. */
  get dueMs(): number {
    return this.#regroupDueMs
  }

  enter(space: string, nowMs: number): void {
    const memberIds = this.#view.memberIds()
    this.#members.set(space, new Set(memberIds.filter(id => this.#isIn(id, space))))
    this.#suspects.set(space, new Set(memberIds.filter(id => this.#isSuspectIn(id, space))))
    this.regroup(nowMs)
  }

  leave(space: string, nowMs: number): void {
    this.#suspects.delete(space)
    if (this.#members.delete(space)) this.regroup(nowMs)
  }

  /** A member's record or status changed. @returns the spaces that the member has just joined */
  changed(id: string, nowMs: number): string[] {
    const joined: string[] = []
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
      } else members.delete(id)
      this.regroup(nowMs)
    }
    return joined
  }

  /** Groups, or the set of reachable members, may have changed. */
  regroup(nowMs: number): void {
    this.regroupAt(nowMs + regroupWaitMs)
  }

  regroupAt(atMs: number): void {
    this.#regroupDueMs = Math.min(this.#regroupDueMs, atMs)
  }

  /** Whether a member is in one of the spaces, and present. */
  has(id: string): boolean {
    for (const members of this.#members.values()) if (members.has(id)) return true
    return false
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
   * Members of a space that are suspect and were never alive in the local view. They may be alive or have
   * died long ago.
   */
  suspectsIn(space: string): string[] {
    return [...(this.#suspects.get(space) ?? [])]
  }

  /** Members of a space that are connected to the local member. */
  neighboursIn(space: string): string[] {
    return this.#view.connected().filter(id => this.#isIn(id, space))
  }

  /**
   * The members to connect to in addition to the cluster's own neighbours; undefined if they did not change.
   *
   * @param groups further groups of members within the spaces that have to be connected among themselves
   * @param bridges members that have to be connected to the local member in addition
   */
  takeExtraPeers(
    groups: Iterable<readonly string[]>,
    bridges: () => Iterable<string>,
    nowMs: number,
  ): readonly string[] | undefined {
    if (nowMs < this.#regroupDueMs) return undefined
    this.#regroupDueMs = Number.POSITIVE_INFINITY
    const { self } = this.#view
    const view: GroupView = {
      self,
      isNeighbour: id => this.#view.isNeighbour(id),
      isUnreachable: this.#isUnreachable,
    }
    const extraPeers = new Set<string>()
    for (const members of [...this.#members.values(), ...groups])
      for (const id of groupNeighbours(view, [...members])) extraPeers.add(id)
    for (const id of bridges()) extraPeers.add(id)
    const ids = this.#rotate([...extraPeers], nowMs)
    if (ids.join() === this.#extraPeers) return undefined
    this.#extraPeers = ids.join()
    return ids
  }

  /** Returns all extra peers or, if there are too many, the peers whose turn it is. */
  #rotate(extraPeers: readonly string[], nowMs: number): readonly string[] {
    if (extraPeers.length <= maxExtraPeers) return extraPeers
    this.regroupAt(nowMs + rotationMs)
    const from = (this.#turn++ * maxExtraPeers) % extraPeers.length
    return [...extraPeers.slice(from), ...extraPeers.slice(0, from)].slice(0, maxExtraPeers)
  }

  #isIn(id: string, space: string): boolean {
    const member = this.#view.member(id)
    return member !== undefined && isPresent(member) && isMemberOf(member, space)
  }

  #isSuspectIn(id: string, space: string): boolean {
    const member = this.#view.member(id)
    return member?.status === 'suspect' && !member.wasAlive && isMemberOf(member, space)
  }
}

const isMemberOf = ({ spaces }: MemberWithSpaces, space: string): boolean =>
  spaces.some(entry => entry.space === space)
