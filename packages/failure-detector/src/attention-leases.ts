import { type Attention, leaseFor, noLease } from './attention.ts'
import { type ConnectionTracker, outageWindowMs } from './connection-tracker.ts'
import { DeadlineQueue } from './deadline-queue.ts'
import type { Member } from './member-list.ts'

/**
 * Excuses: what members asked for by their own word (attention), and what ends it before its time.
 *
 * They are for silence, not for an end. Whose link ends has lost its excuse a moment later, unless by then it is our
 * own network that went. Whom somebody else suspects has lost it, too: who is only hidden refutes; of a frozen one our
 * own link, if it stands, says more.
 */
export class AttentionLeases {
  readonly #connections: ConnectionTracker
  readonly #closing = new DeadlineQueue<Member>()

  constructor(connections: ConnectionTracker) {
    this.#connections = connections
  }

  nextMs(): number {
    return this.#closing.nextMs()
  }

  renew(member: Member, attention: Attention | undefined, nowMs: number): void {
    member.lease = leaseFor(attention, nowMs)
  }

  connectionOpened(member: Member): void {
    this.#closing.delete(member)
  }

  connectionClosed(member: Member, nowMs: number): void {
    if (nowMs < member.lease.untilMs) this.#closing.set(member, nowMs + outageWindowMs)
  }

  suspected(member: Member): void {
    if (!member.lease.isFrozen || !this.#connections.reaches(member.id)) member.lease = noLease
  }

  /** Whose excuses end now because their links did. */
  takeExpired(nowMs: number, isPaused: boolean): Member[] {
    const ended: Member[] = []
    for (let member = this.#closing.takeDue(nowMs); member; member = this.#closing.takeDue(nowMs)) {
      if (isPaused) continue
      member.lease = noLease
      ended.push(member)
    }
    return ended
  }

  forget(member: Member): void {
    this.#closing.delete(member)
  }
}
