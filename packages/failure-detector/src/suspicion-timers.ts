import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorEffect } from './effect.ts'
import type { Member, MemberList } from './member-list.ts'
import type { DetectorParameters } from './parameters.ts'
import { type RefusedQuorum, Suspicion } from './suspicion.ts'
import { confirmationsNeeded, minSuspicionMs } from './suspicion-timeout.ts'

/** How many refused observers shorten a suspicion to `refusedFloorMs`; fewer if fewer members are alive. Our choice: one observer may lie. */
const refusedObserversWanted = 2

/**
 * Suspicion timers: all suspicions that run.
 *
 * A claim can only shorten a suspicion. Only the deadline of a suspicion makes a member dead, and only a
 * greater incarnation ends the suspicion. A grace period or a lease changes no deadline: when a deadline has
 * passed, the timers check whether a grace period or a lease defers its effect.
 */
export class SuspicionTimers {
  readonly #self: string
  readonly #parameters: DetectorParameters
  readonly #memberList: MemberList
  readonly #emit: (effect: DetectorEffect) => void
  readonly #due = new DeadlineQueue<Member>()

  constructor(
    self: string,
    parameters: DetectorParameters,
    memberList: MemberList,
    emit: (effect: DetectorEffect) => void,
  ) {
    this.#self = self
    this.#parameters = parameters
    this.#memberList = memberList
    this.#emit = emit
  }

  nextMs(): number {
    return this.#due.nextMs()
  }

  /** Counts another member's claim about a member that is alive or suspect under the claim's incarnation. */
  addClaim(member: Member, observer: string, refused: boolean, nowMs: number): void {
    const isNew = member.state.type !== 'suspect'
    const suspicion = member.state.type === 'suspect' ? member.state.suspicion : this.#begin(member, nowMs)
    suspicion.observe(observer, refused, this.#refusedQuorum(), nowMs)
    this.#due.set(member, suspicion.deadlineMs)
    const { id, incarnation } = member
    if (isNew) this.#emit({ type: 'suspect', id, incarnation, deadlineMs: suspicion.deadlineMs })
  }

  /** Counts this member's own claim about a member that is alive or suspect, and publishes the claim if it makes a difference. */
  suspect(member: Member, refused: boolean, nowMs: number): void {
    const { state, incarnation } = member
    if (state.type === 'suspect' && !state.suspicion.isNeeded(this.#self, refused)) return
    this.addClaim(member, this.#self, refused, nowMs)
    this.#emit({ type: 'publish-suspicion', subject: member.id, incarnation, refused })
  }

  /** Takes a greater incarnation, under which the member is alive. `effect`: what the host is notified of. */
  markAlive(member: Member, incarnation: number, effect?: 'recover' | 'return'): void {
    member.incarnation = incarnation
    if (member.state.type !== 'alive') this.#end(member, { type: 'alive' })
    if (effect !== undefined) this.#emit({ type: effect, id: member.id, incarnation })
  }

  /** Takes a departure. */
  leave(member: Member, incarnation: number): void {
    member.incarnation = incarnation
    this.#end(member, { type: 'left' })
  }

  /** Declares a suspect dead. */
  fail(member: Member, nowMs: number): void {
    this.#end(member, { type: 'dead', sinceMs: nowMs })
    this.#emit({ type: 'fail', id: member.id, incarnation: member.incarnation })
  }

  /** Sets the deadline again after a lease that deferred it has ended. */
  rearm(member: Member): void {
    if (member.state.type === 'suspect') this.#due.set(member, member.state.suspicion.deadlineMs)
  }

  forget(member: Member): void {
    this.#due.delete(member)
    this.#memberList.delete(member)
  }

  /** Takes the suspects whose deadline has passed. A suspect whose deadline is deferred waits until then. */
  takeDue(nowMs: number, deferredUntilMs: (member: Member) => number): Member[] {
    const due: Member[] = []
    for (;;) {
      const member = this.#due.takeDue(nowMs)
      if (member === undefined) return due
      const deferredMs = deferredUntilMs(member)
      if (deferredMs > nowMs) this.#due.set(member, deferredMs)
      else due.push(member)
    }
  }

  #end(
    member: Member,
    state: { type: 'alive' } | { type: 'left' } | { type: 'dead'; sinceMs: number },
  ): void {
    this.#due.delete(member)
    this.#memberList.setState(member, state)
  }

  #begin(member: Member, nowMs: number): Suspicion {
    const { probeIntervalMs, suspicionMult, suspicionConfirmations, suspicionMaxMult, refusedFloorMs } =
      this.#parameters
    const { clusterSize } = this.#memberList
    const minMs = minSuspicionMs(suspicionMult, clusterSize, probeIntervalMs)
    const maxMs = suspicionMaxMult * minMs
    // All members but the suspect and the first observer can confirm.
    const k = confirmationsNeeded(suspicionConfirmations, clusterSize - 2)
    const suspicion = new Suspicion({ minMs, maxMs, k, refusedFloorMs }, nowMs)
    this.#memberList.setState(member, { type: 'suspect', suspicion })
    if (this.#refusedQuorum().wanted < refusedObserversWanted) this.#tightenAll()
    return suspicion
  }

  /** A suspect is no observer: when two of three members crash, the third is the only observer left. */
  #refusedQuorum(): RefusedQuorum {
    return {
      wanted: Math.min(refusedObserversWanted, 1 + this.#memberList.aliveCount),
      counts: id => id === this.#self || this.#memberList.get(id)?.state.type === 'alive',
    }
  }

  #tightenAll(): void {
    for (const member of this.#due.keys()) {
      if (member.state.type !== 'suspect') continue
      member.state.suspicion.tighten(this.#refusedQuorum())
      this.#due.set(member, member.state.suspicion.deadlineMs)
    }
  }
}
