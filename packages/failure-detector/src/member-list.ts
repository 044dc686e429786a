import { type Lease, noLease } from './attention.ts'
import type { Suspicion } from './suspicion.ts'

/** How a member stands here. */
export type MemberState =
  | { readonly type: 'alive' }
  | { readonly type: 'suspect'; readonly suspicion: Suspicion }
  | { readonly type: 'dead'; readonly sinceMs: number }
  | { readonly type: 'left' }

/** One other member, as far as this detector is concerned. Times are monotonic ms, −Infinity for never. */
export interface Member {
  readonly id: string
  incarnation: number
  /** Change it through `Roster.stand` only: it keeps the counts. */
  state: MemberState
  lease: Lease
  /** When a byte last came from it directly. */
  receivedMs: number
  /** When it was last probed. */
  probedMs: number
  /** When it was last probed out of turn. */
  probedNowMs: number
}

/**
 * Roster: every other member that is known, and how many stand how, counted as they change.
 *
 * A prior's members are its own copies as soon as they are looked at; the prior is never written.
 */
export class MemberList {
  readonly #prior: MemberList | undefined
  /** Undefined: the prior's, deleted here. */
  readonly #members = new Map<string, Member | undefined>()
  readonly #counts = { alive: 0, suspect: 0, dead: 0, left: 0 }

  /** @param self who is no other member, though the prior knows it. */
  constructor(self: string, prior?: MemberList) {
    this.#prior = prior
    if (!prior) return
    Object.assign(this.#counts, prior.#counts)
    const own = this.get(self)
    if (own !== undefined) this.delete(own)
  }

  has(id: string): boolean {
    return this.#members.has(id) ? this.#members.get(id) !== undefined : (this.#prior?.has(id) ?? false)
  }

  get(id: string): Member | undefined {
    const known = this.#members.get(id)
    if (known !== undefined || this.#prior === undefined || this.#members.has(id)) return known
    const before = this.#prior.get(id)
    if (before === undefined) return undefined
    const { state } = before
    const member: Member = {
      ...before,
      state: state.type === 'suspect' ? { ...state, suspicion: state.suspicion.copy() } : state,
    }
    this.#members.set(id, member)
    return member
  }

  /** Members that are alive here, without this one. */
  get aliveCount(): number {
    return this.#counts.alive
  }

  /** The cluster's size in the formulas: all that are alive or suspect, with this one. */
  get clusterSize(): number {
    return 1 + this.#counts.alive + this.#counts.suspect
  }

  add(id: string, incarnation: number, state: MemberState): Member {
    const member: Member = {
      id,
      incarnation,
      state,
      lease: noLease,
      receivedMs: -Infinity,
      probedMs: -Infinity,
      probedNowMs: -Infinity,
    }
    this.#members.set(id, member)
    this.#counts[state.type] += 1
    return member
  }

  setState(member: Member, standing: MemberState): void {
    this.#counts[member.state.type] -= 1
    member.state = standing
    this.#counts[standing.type] += 1
  }

  delete(member: Member): void {
    if (!this.has(member.id)) return
    this.#counts[member.state.type] -= 1
    if (this.#prior?.has(member.id)) this.#members.set(member.id, undefined)
    else this.#members.delete(member.id)
  }
}

/** Alive or suspect: worth probing. */
export function isLiving(member: Member | undefined): member is Member {
  return member?.state.type === 'alive' || member?.state.type === 'suspect'
}
