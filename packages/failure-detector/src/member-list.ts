/**
 * Member list: all other members, and a count of each state.
 *
 * A list with a prior copies a member of the prior when the member is first read. The prior is never written.
 */
import { type Lease, noLease } from './attention.ts'
import type { Suspicion } from './suspicion.ts'

/** A member's state at this detector. A member whose state is `unknown` is not in the list. */
export type MemberState =
  | { readonly type: 'unknown' }
  | { readonly type: 'alive' }
  | { readonly type: 'suspect'; readonly suspicion: Suspicion }
  | { readonly type: 'dead'; readonly sinceMs: number }
  | { readonly type: 'left' }

const unknown: MemberState = { type: 'unknown' }

/** Another member. Times are monotonic milliseconds; −Infinity means never. Each field names its only writer. */
export interface Member {
  readonly id: string
  /** −1 while the member is unknown. Writer: `SuspicionTimers`. */
  incarnation: number
  /** Writer: `MemberList`, which counts the states. */
  state: MemberState
  /** Writer: `AttentionLeases`. */
  lease: Lease
  /** For how long the member asked to be awaited after its connection has closed, in ms ≥ 0. Writer: `AttentionLeases`. */
  returnsWithinMs: number
  /** Until when this detector awaits the member after its connection has closed. Writer: `AttentionLeases`. */
  awaitedUntilMs: number
  /** When the last byte arrived directly from the member. Writer: `ProbeScheduler`. */
  receivedMs: number
  /** When this detector last probed the member. Writer: `ProbeScheduler`. */
  probedMs: number
  /** When this detector last probed the member out of turn. Writer: `ProbeScheduler`. */
  probedNowMs: number
}

export class MemberList {
  readonly #prior: MemberList | undefined
  /** Undefined: the prior has the member, and this list deleted it. */
  readonly #members = new Map<string, Member | undefined>()
  readonly #counts = { alive: 0, suspect: 0, dead: 0, left: 0 }

  /** @param self the local member's id, which this list leaves out although the prior contains it */
  constructor(self: string, prior?: MemberList) {
    this.#prior = prior
    if (!prior) return
    Object.assign(this.#counts, prior.#counts)
    const local = this.get(self)
    if (local !== undefined) this.delete(local)
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

  /** The member, or a new one whose state is `unknown`; `setState` puts the new one into the list. */
  find(id: string): Member {
    return this.get(id) ?? newMember(id)
  }

  /** How many other members are alive. */
  get aliveCount(): number {
    return this.#counts.alive
  }

  /** The cluster's size in the formulas: all members that are alive or suspect, and the local member. */
  get clusterSize(): number {
    return 1 + this.#counts.alive + this.#counts.suspect
  }

  setState(member: Member, state: Exclude<MemberState, { type: 'unknown' }>): void {
    if (member.state.type === 'unknown') this.#members.set(member.id, member)
    else this.#counts[member.state.type] -= 1
    member.state = state
    this.#counts[state.type] += 1
  }

  delete(member: Member): void {
    if (member.state.type === 'unknown') return
    this.#counts[member.state.type] -= 1
    member.state = unknown
    if (this.#prior?.has(member.id)) this.#members.set(member.id, undefined)
    else this.#members.delete(member.id)
  }
}

function newMember(id: string): Member {
  return {
    id,
    incarnation: -1,
    state: unknown,
    lease: noLease,
    returnsWithinMs: 0,
    awaitedUntilMs: -Infinity,
    receivedMs: -Infinity,
    probedMs: -Infinity,
    probedNowMs: -Infinity,
  }
}

/** Whether the member is alive or suspect, so that a probe makes sense. */
export function isLiving(member: Member | undefined): member is Member {
  return member?.state.type === 'alive' || member?.state.type === 'suspect'
}
