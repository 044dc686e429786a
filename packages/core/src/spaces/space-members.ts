/**
 * Space members: who is in which of one's spaces, and to whom one should be connected for their sake.
 *
 * The members of each space, and the holders of each document in it, are groups that have to hold together. Members
 * seldom come or go alone, so connections are decided a moment later.
 */
import type { MemberStatus } from '../member/member.ts'
import type { SpaceEntry } from '../wire/fact.ts'
import { type GroupView, groupNeighbours } from './space-rings.ts'

/** What a member knows of the cluster around its spaces. */
export interface Surroundings extends Omit<GroupView, 'isUnreachable'> {
  /** Ids one is connected to. */
  linked(): readonly string[]
  /** Ids of all members that are known. */
  known(): readonly string[]
  /** A member of the cluster; undefined: nobody of that id is known. */
  member(id: string): Placed | undefined
  /** Whether this member has compared its view of the cluster with another one, or has nobody to compare it with. */
  isSettled(): boolean
}

export interface Placed {
  readonly status: MemberStatus
  /** It was alive here in some incarnation: else a suspicion is all that is known of it. */
  readonly wasAlive: boolean
  readonly spaces: readonly SpaceEntry[]
}

/** Alive, or suspect after having been alive here: to a newcomer, a member that died long ago is a suspect at first. */
export function isPresent({ status, wasAlive }: Pick<Placed, 'status' | 'wasAlive'>): boolean {
  return status === 'alive' || (status === 'suspect' && wasAlive)
}

const regroupWaitMs = 200
/** Connections for the sake of spaces, at most. Where more are wanted they take turns. */
const maxNear = 64
const turnMs = 30_000

export class SpaceMembers {
  readonly #surroundings: Surroundings
  readonly #isUnreachable: (id: string) => boolean
  /** Space → ids of the members that are in it and present, in the order in which they came. */
  readonly #members = new Map<string, Set<string>>()
  /** Space → ids of the members that are in it and suspect, and were never alive here. */
  readonly #suspects = new Map<string, Set<string>>()
  #near = ''
  #turn = 0
  #regroupDueMs = Number.POSITIVE_INFINITY

  /** @param isUnreachable whether this member cannot talk to another one directly */
  constructor(surroundings: Surroundings, isUnreachable: (id: string) => boolean) {
    this.#surroundings = surroundings
    this.#isUnreachable = isUnreachable
  }

  /** When `near` may have changed, monotonic ms. */
  get dueMs(): number {
    return this.#regroupDueMs
  }

  enter(space: string, nowMs: number): void {
    const known = this.#surroundings.known()
    this.#members.set(space, new Set(known.filter(id => this.#isIn(id, space))))
    this.#suspects.set(space, new Set(known.filter(id => this.#isSuspectIn(id, space))))
    this.regroup(nowMs)
  }

  leave(space: string, nowMs: number): void {
    this.#suspects.delete(space)
    if (this.#members.delete(space)) this.regroup(nowMs)
  }

  /** A member's record or status changed. @returns the spaces that it has just come into */
  changed(id: string, nowMs: number): string[] {
    const entered: string[] = []
    // Looked up once: there may be many spaces, and most changes are of members that are in none of them.
    const member = this.#surroundings.member(id)
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
        entered.push(space)
      } else members.delete(id)
      this.regroup(nowMs)
    }
    return entered
  }

  /** Groups, or who can be reached, may have changed. */
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

  /** One's own spaces that a member is in, too. */
  sharedWith(id: string): string[] {
    const member = this.#surroundings.member(id)
    return (member?.spaces ?? []).map(({ space }) => space).filter(space => this.#members.has(space))
  }

  /** Members of a space, oneself excepted. */
  othersIn(space: string): string[] {
    const { self } = this.#surroundings
    return [...(this.#members.get(space) ?? [])].filter(id => id !== self)
  }

  /** Members of a space that are suspect, and were never alive here: they may be alive, or have died long ago. */
  suspectsIn(space: string): string[] {
    return [...(this.#suspects.get(space) ?? [])]
  }

  /** Members of a space that one is connected to. */
  neighboursIn(space: string): string[] {
    return this.#surroundings.linked().filter(id => this.#isIn(id, space))
  }

  /**
   * To whom to be connected besides one's neighbours, if that changed.
   *
   * @param groups of members within the spaces that have to hold together besides
   * @param bridges members that have to be connected besides
   */
  takeNear(
    groups: Iterable<readonly string[]>,
    bridges: () => Iterable<string>,
    nowMs: number,
  ): readonly string[] | undefined {
    if (nowMs < this.#regroupDueMs) return undefined
    this.#regroupDueMs = Number.POSITIVE_INFINITY
    const { self } = this.#surroundings
    const view: GroupView = {
      self,
      isNeighbour: id => this.#surroundings.isNeighbour(id),
      isUnreachable: this.#isUnreachable,
    }
    const near = new Set<string>()
    for (const members of [...this.#members.values(), ...groups])
      for (const id of groupNeighbours(view, [...members])) near.add(id)
    for (const id of bridges()) near.add(id)
    const ids = this.#turnOf([...near], nowMs)
    if (ids.join() === this.#near) return undefined
    this.#near = ids.join()
    return ids
  }

  /** All of them, or those whose turn it is. */
  #turnOf(near: readonly string[], nowMs: number): readonly string[] {
    if (near.length <= maxNear) return near
    this.regroupAt(nowMs + turnMs)
    const from = (this.#turn++ * maxNear) % near.length
    return [...near.slice(from), ...near.slice(0, from)].slice(0, maxNear)
  }

  #isIn(id: string, space: string): boolean {
    const member = this.#surroundings.member(id)
    return member !== undefined && isPresent(member) && hasEntered(member, space)
  }

  #isSuspectIn(id: string, space: string): boolean {
    const member = this.#surroundings.member(id)
    return member?.status === 'suspect' && !member.wasAlive && hasEntered(member, space)
  }
}

const hasEntered = ({ spaces }: Placed, space: string): boolean => spaces.some(entry => entry.space === space)
