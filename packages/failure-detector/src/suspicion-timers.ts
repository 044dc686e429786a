import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorEffect } from './effect.ts'
import type { Member, MemberList } from './member-list.ts'
import type { DetectorParameters } from './parameters.ts'
import { type RefusedQuorum, Suspicion } from './suspicion.ts'
import { confirmationsNeeded, minSuspicionMs } from './suspicion-timeout.ts'

/** So many hard observers make a suspicion hard, or all there are. */
const refusedObserversWanted = 2

/**
 * Verdicts: suspicions that run, and what becomes of them.
 *
 * Claims can only shorten a suspicion; only time ends it in a death, and only a greater incarnation takes
 * it back. What holds a verdict up (own absence, an excuse) is looked at when it is due and changes no deadline.
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

  /** Counts somebody's claim. The member is alive or suspect under the claim's incarnation. */
  addClaim(member: Member, observer: string, refused: boolean, nowMs: number): void {
    if (member.state.type === 'dead' || member.state.type === 'left') return
    const isNew = member.state.type === 'alive'
    const suspicion = member.state.type === 'suspect' ? member.state.suspicion : this.#begin(member, nowMs)
    suspicion.observe(observer, refused, this.#refusedQuorum(), nowMs)
    this.#due.set(member, suspicion.deadlineMs)
    const { id, incarnation } = member
    if (isNew) this.#emit({ type: 'suspect', id, incarnation, deadlineMs: suspicion.deadlineMs })
  }

  /** This member's own claim: counted and published where it makes a difference. */
  suspect(member: Member, refused: boolean, nowMs: number): void {
    const { state, incarnation } = member
    if (state.type === 'dead' || state.type === 'left') return
    if (state.type === 'suspect' && !state.suspicion.isNeeded(this.#self, refused)) return
    this.addClaim(member, this.#self, refused, nowMs)
    this.#emit({ type: 'publish-suspicion', subject: member.id, incarnation, refused })
  }

  /** The member lives, under a greater incarnation. */
  markAlive(member: Member, incarnation: number): void {
    const { id, state } = member
    member.incarnation = incarnation
    if (state.type === 'alive') return
    this.setState(member, { type: 'alive' })
    this.#emit({ type: state.type === 'suspect' ? 'recover' : 'return', id, incarnation })
  }

  /** Ends a suspicion, if there is one, by another standing. */
  setState(
    member: Member,
    standing: { type: 'alive' } | { type: 'left' } | { type: 'dead'; sinceMs: number },
  ): void {
    this.#due.delete(member)
    this.#memberList.setState(member, standing)
  }

  /** What held its verdict up is over. */
  rearm(member: Member): void {
    if (member.state.type === 'suspect') this.#due.set(member, member.state.suspicion.deadlineMs)
  }

  forget(member: Member): void {
    this.#due.delete(member)
    this.#memberList.delete(member)
  }

  /** Declares dead whose time is up, unless something holds the verdict up until later. */
  expire(nowMs: number, deferredUntilMs: (member: Member) => number): Member[] {
    const dead: Member[] = []
    for (;;) {
      const member = this.#due.takeDue(nowMs)
      if (member === undefined) return dead
      const deferredMs = deferredUntilMs(member)
      if (deferredMs > nowMs) {
        this.#due.set(member, deferredMs)
        continue
      }
      this.setState(member, { type: 'dead', sinceMs: nowMs })
      this.#emit({ type: 'fail', id: member.id, incarnation: member.incarnation })
      dead.push(member)
    }
  }

  #begin(member: Member, nowMs: number): Suspicion {
    const { probeIntervalMs, suspicionMult, suspicionConfirmations, suspicionMaxMult, refusedFloorMs } =
      this.#parameters
    const { clusterSize } = this.#memberList
    const minMs = minSuspicionMs(suspicionMult, clusterSize, probeIntervalMs)
    const maxMs = suspicionMaxMult * minMs
    // All but the suspect and the first observer.
    const k = confirmationsNeeded(suspicionConfirmations, clusterSize - 2)
    const suspicion = new Suspicion({ minMs, maxMs, k, refusedFloorMs }, nowMs)
    this.#memberList.setState(member, { type: 'suspect', suspicion })
    if (this.#refusedQuorum().wanted < refusedObserversWanted) this.#tightenAll()
    return suspicion
  }

  /** Suspects do not count as observers: where two of three crash, the third is all there is. */
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
