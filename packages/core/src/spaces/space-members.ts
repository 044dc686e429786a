/**
 * Space members: who is in which of one's spaces, and to whom one should be connected for their sake.
 *
 * Whoever comes or goes is seldom alone, so connections are thought over a moment later.
 */
import type { MemberStatus } from '../cluster/member.ts'
import { isHere } from '../cluster/membership.ts'
import type { SpaceEntry } from '../wire/fact.ts'
import { spaceRingNeighbours } from './space-rings.ts'

/** What a member knows of the cluster around its spaces. */
export interface Surroundings {
  readonly self: string
  /** Ids one is connected to. */
  linked(): readonly string[]
  /** Whether the cluster's own rings connect one to this member. */
  isNeighbour(id: string): boolean
  /** Ids of all members that are known. */
  known(): readonly string[]
  /** A member of the cluster; undefined: nobody of that id is known. */
  member(id: string): { readonly status: MemberStatus; readonly spaces: readonly SpaceEntry[] } | undefined
}

const regroupWaitMs = 500
/** Connections for the sake of spaces, at most: whoever is in many small ones shares with these alone. */
const maxNear = 64

export class SpaceMembers {
  readonly #surroundings: Surroundings
  /** Space → ids of those who are in it and here, in the order in which they came. */
  readonly #members = new Map<string, Set<string>>()
  #near = ''
  #regroupDueMs = Number.POSITIVE_INFINITY

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /** When `near` may have changed, monotonic ms. */
  get dueMs(): number {
    return this.#regroupDueMs
  }

  enter(space: string, nowMs: number): void {
    this.#members.set(space, new Set(this.#surroundings.known().filter(id => this.#isIn(id, space))))
    this.#regroup(nowMs)
  }

  leave(space: string, nowMs: number): void {
    if (this.#members.delete(space)) this.#regroup(nowMs)
  }

  /** A member's record or status changed. */
  changed(id: string, nowMs: number): void {
    for (const [space, members] of this.#members) {
      const isIn = this.#isIn(id, space)
      if (isIn === members.has(id)) continue
      if (isIn) members.add(id)
      else members.delete(id)
      this.#regroup(nowMs)
    }
  }

  /** One's own spaces that a member is in, too. */
  sharedWith(id: string): string[] {
    const member = this.#surroundings.member(id)
    return (member?.spaces ?? []).map(({ space }) => space).filter(space => this.#members.has(space))
  }

  /** Members of a space that one is connected to. */
  neighboursIn(space: string): string[] {
    return this.#surroundings.linked().filter(id => this.#isIn(id, space))
  }

  /** To whom to be connected besides one's neighbours, if that changed. */
  takeNear(nowMs: number): readonly string[] | undefined {
    if (nowMs < this.#regroupDueMs) return undefined
    this.#regroupDueMs = Number.POSITIVE_INFINITY
    const { self, isNeighbour } = this.#surroundings
    const near = new Set<string>()
    for (const members of this.#members.values())
      for (const id of spaceRingNeighbours(self, [...members], isNeighbour)) near.add(id)
    const ids = [...near].slice(0, maxNear)
    if (ids.join() === this.#near) return undefined
    this.#near = ids.join()
    return ids
  }

  /** Alive or suspect, and in the space. */
  #isIn(id: string, space: string): boolean {
    const member = this.#surroundings.member(id)
    return member !== undefined && isHere(member.status) && member.spaces.some(entry => entry.space === space)
  }

  #regroup(nowMs: number): void {
    this.#regroupDueMs = Math.min(this.#regroupDueMs, nowMs + regroupWaitMs)
  }
}
