import { type Attention, excuseOf, noExcuse } from './attention.ts'
import { type Links, togetherMs } from './connection-tracker.ts'
import { DeadlineQueue } from './deadline-queue.ts'
import type { Member } from './member-list.ts'

/**
 * Excuses: what members asked for by their own word (attention), and what ends it before its time.
 *
 * They are for silence, not for an end. Whose link ends has lost its excuse a moment later, unless by then it is our
 * own network that went. Whom somebody else suspects has lost it, too: who is only hidden refutes; of a frozen one our
 * own link, if it stands, says more.
 */
export class Excuses {
  readonly #links: Links
  readonly #cutOff = new DeadlineQueue<Member>()

  constructor(links: Links) {
    this.#links = links
  }

  nextMs(): number {
    return this.#cutOff.nextMs()
  }

  ask(member: Member, attention: Attention | undefined, nowMs: number): void {
    member.excuse = excuseOf(attention, nowMs)
  }

  linkOpened(member: Member): void {
    this.#cutOff.delete(member)
  }

  linkClosed(member: Member, nowMs: number): void {
    if (nowMs < member.excuse.untilMs) this.#cutOff.set(member, nowMs + togetherMs)
  }

  suspected(member: Member): void {
    if (!member.excuse.isFrozen || !this.#links.reaches(member.id)) member.excuse = noExcuse
  }

  /** Whose excuses end now because their links did. */
  takeEnded(nowMs: number, isAway: boolean): Member[] {
    const ended: Member[] = []
    for (let member = this.#cutOff.takeDue(nowMs); member; member = this.#cutOff.takeDue(nowMs)) {
      if (isAway) continue
      member.excuse = noExcuse
      // A probe that was begun when the link closed, and failed since, was in vain.
      member.hurriedMs = -Infinity
      ended.push(member)
    }
    return ended
  }

  forget(member: Member): void {
    this.#cutOff.delete(member)
  }
}
