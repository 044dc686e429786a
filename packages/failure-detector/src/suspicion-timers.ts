import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorEffect } from './effect.ts'
import type { Member, Roster } from './member-list.ts'
import type { DetectorKnobs } from './parameters.ts'
import { type HardQuorum, Suspicion } from './suspicion.ts'
import { confirmationsWanted, minSuspicionMs } from './suspicion-timeout.ts'

/** So many hard observers make a suspicion hard, or all there are. */
const hardObserversWanted = 2

/**
 * Verdicts: suspicions that run, and what becomes of them.
 *
 * Claims can only shorten a suspicion; only time ends it in a death, and only a greater incarnation takes
 * it back. What holds a verdict up (own absence, an excuse) is looked at when it is due and changes no deadline.
 */
export class Verdicts {
  readonly #self: string
  readonly #knobs: DetectorKnobs
  readonly #roster: Roster
  readonly #emit: (effect: DetectorEffect) => void
  readonly #due = new DeadlineQueue<Member>()

  constructor(self: string, knobs: DetectorKnobs, roster: Roster, emit: (effect: DetectorEffect) => void) {
    this.#self = self
    this.#knobs = knobs
    this.#roster = roster
    this.#emit = emit
  }

  nextMs(): number {
    return this.#due.nextMs()
  }

  /** Counts somebody's claim. The member is alive or suspect under the claim's incarnation. */
  claim(member: Member, observer: string, hard: boolean, nowMs: number): void {
    if (member.standing.type === 'dead' || member.standing.type === 'left') return
    const isNew = member.standing.type === 'alive'
    const suspicion =
      member.standing.type === 'suspect' ? member.standing.suspicion : this.#begin(member, nowMs)
    suspicion.observe(observer, hard, this.#hardQuorum(), nowMs)
    this.#due.set(member, suspicion.deadlineMs)
    const { id, incarnation } = member
    if (isNew) this.#emit({ type: 'suspect', id, incarnation, deadlineMs: suspicion.deadlineMs })
  }

  /** This member's own claim: counted and published where it makes a difference. */
  accuse(member: Member, hard: boolean, nowMs: number): void {
    const { standing, incarnation } = member
    if (standing.type === 'dead' || standing.type === 'left') return
    if (standing.type === 'suspect' && !standing.suspicion.wants(this.#self, hard)) return
    this.claim(member, this.#self, hard, nowMs)
    this.#emit({ type: 'accuse', subject: member.id, incarnation, hard })
  }

  /** The member lives, under a greater incarnation. */
  revive(member: Member, incarnation: number): void {
    const { id, standing } = member
    member.incarnation = incarnation
    if (standing.type === 'alive') return
    this.stand(member, { type: 'alive' })
    this.#emit({ type: standing.type === 'suspect' ? 'recover' : 'return', id, incarnation })
  }

  /** Ends a suspicion, if there is one, by another standing. */
  stand(
    member: Member,
    standing: { type: 'alive' } | { type: 'left' } | { type: 'dead'; sinceMs: number },
  ): void {
    this.#due.delete(member)
    this.#roster.stand(member, standing)
  }

  /** What held its verdict up is over. */
  resume(member: Member): void {
    if (member.standing.type === 'suspect') this.#due.set(member, member.standing.suspicion.deadlineMs)
  }

  forget(member: Member): void {
    this.#due.delete(member)
    this.#roster.delete(member)
  }

  /** Declares dead whose time is up, unless something holds the verdict up until later. */
  conclude(nowMs: number, heldUntilMs: (member: Member) => number): Member[] {
    const dead: Member[] = []
    for (;;) {
      const member = this.#due.takeDue(nowMs)
      if (member === undefined) return dead
      const heldMs = heldUntilMs(member)
      if (heldMs > nowMs) {
        this.#due.set(member, heldMs)
        continue
      }
      this.stand(member, { type: 'dead', sinceMs: nowMs })
      this.#emit({ type: 'fail', id: member.id, incarnation: member.incarnation })
      dead.push(member)
    }
  }

  #begin(member: Member, nowMs: number): Suspicion {
    const { probeIntervalMs, suspicionMult, suspicionConfirmations, suspicionMaxMult, hardFloorMs } =
      this.#knobs
    const { clusterSize } = this.#roster
    const minMs = minSuspicionMs(suspicionMult, clusterSize, probeIntervalMs)
    const maxMs = suspicionMaxMult * minMs
    // All but the suspect and the first observer.
    const k = confirmationsWanted(suspicionConfirmations, clusterSize - 2)
    const suspicion = new Suspicion({ minMs, maxMs, k, hardFloorMs }, nowMs)
    this.#roster.stand(member, { type: 'suspect', suspicion })
    if (this.#hardQuorum().wanted < hardObserversWanted) this.#tightenAll()
    return suspicion
  }

  /** Suspects do not count as observers: where two of three crash, the third is all there is. */
  #hardQuorum(): HardQuorum {
    return {
      wanted: Math.min(hardObserversWanted, 1 + this.#roster.aliveCount),
      counts: id => id === this.#self || this.#roster.get(id)?.standing.type === 'alive',
    }
  }

  #tightenAll(): void {
    for (const member of this.#due.keys()) {
      if (member.standing.type !== 'suspect') continue
      member.standing.suspicion.tighten(this.#hardQuorum())
      this.#due.set(member, member.standing.suspicion.deadlineMs)
    }
  }
}
