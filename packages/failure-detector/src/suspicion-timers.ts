/**
 * Suspicion timers: the deadlines of all present suspicions.
 *
 * A claim is one observer's statement that a member is suspect. A claim can only shorten a suspicion. A suspicion ends in
 * one of four ways: its deadline passes (the member is dead), or the member publishes a greater incarnation, leaves, or
 * is removed. A grace period or a lease changes no deadline. When a deadline has passed, the timers check whether a grace
 * period or a lease defers the death.
 */
import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorEffect } from './effect.ts'
import type { Member, MemberList } from './member-list.ts'
import type { DetectorParameters } from './parameters.ts'
import { type RefusedQuorum, Suspicion } from './suspicion.ts'
import { confirmationsNeeded, minSuspicionMs } from './suspicion-timeout.ts'

/**
 * How many refused observers shorten a suspicion to `refusedFloorMs`. If fewer members can be observers, fewer are
 * enough. Our choice: two, because one observer may lie.
 */
const refusedObserversWanted = 2

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

  /** Counts a claim by another member. @param member is alive or suspect, in the incarnation that the claim names */
  addClaim(member: Member, observer: string, refused: boolean, nowMs: number): void {
    const isNew = member.state.type !== 'suspect'
    const suspicion = member.state.type === 'suspect' ? member.state.suspicion : this.#begin(member, nowMs)
    suspicion.observe(observer, refused, this.#refusedQuorum(), nowMs)
    this.#due.set(member, suspicion.deadlineMs)
    const { id, incarnation } = member
    if (isNew) this.#emit({ type: 'suspect', id, incarnation, deadlineMs: suspicion.deadlineMs })
  }

  /**
   * Counts a claim by the local member, and publishes it. Does neither if the claim cannot shorten the suspicion.
   *
   * @param member is alive or suspect
   */
  suspect(member: Member, refused: boolean, nowMs: number): void {
    const { state, incarnation } = member
    if (state.type === 'suspect' && !state.suspicion.isNeeded(this.#self, refused)) return
    this.addClaim(member, this.#self, refused, nowMs)
    this.#emit({ type: 'publish-suspicion', subject: member.id, incarnation, refused })
  }

  /** Sets a greater incarnation, in which the member is alive. @param effect the effect to emit. @default none */
  markAlive(member: Member, incarnation: number, effect?: 'recover' | 'return'): void {
    member.incarnation = incarnation
    if (member.state.type !== 'alive') this.#end(member, { type: 'alive' })
    if (effect !== undefined) this.#emit({ type: effect, id: member.id, incarnation })
  }

  /** The member left in this incarnation. */
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

  /**
   * Removes and returns the suspects whose deadline has passed. If a death is deferred, the suspect stays until that
   * time.
   */
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
    // All members except the suspect and the first observer can confirm.
    const k = confirmationsNeeded(suspicionConfirmations, clusterSize - 2)
    const suspicion = new Suspicion({ minMs, maxMs, k, refusedFloorMs }, nowMs)
    this.#memberList.setState(member, { type: 'suspect', suspicion })
    if (this.#refusedQuorum().wanted < refusedObserversWanted) this.#tightenAll()
    return suspicion
  }

  /**
   * Which refused observers count, and how many are needed. A suspect does not count as an observer. So if two of three
   * members crash, a refusal of the third member alone is enough.
   */
  #refusedQuorum(): RefusedQuorum {
    return {
      wanted: Math.min(refusedObserversWanted, 1 + this.#memberList.aliveCount),
      counts: id => id === this.#self || this.#memberList.get(id)?.state.type === 'alive',
    }
  }

  /** Applies the present quorum to all suspicions: fewer alive members need fewer refused observers. */
  #tightenAll(): void {
    for (const member of this.#due.keys()) {
      if (member.state.type !== 'suspect') continue
      member.state.suspicion.tighten(this.#refusedQuorum())
      this.#due.set(member, member.state.suspicion.deadlineMs)
    }
  }
}
