/**
 * Attention leases: the silence that members announced, and what ends a lease early.
 *
 * The lease of a hidden or frozen member excuses silence only. When the member's connection closes, the lease ends one
 * second later, unless the local network turns out to be down in that second. When another member suspects the member,
 * the lease ends at once, because a hidden member can refute the suspicion. Exception: a frozen member keeps the lease
 * while its connection is open.
 *
 * The lease of a member that is asleep excuses everything, and only its time or the member's next record ends it.
 * Exception: a suspicion ends the lease that came with the first record of the member. Without this
 * exception, each newcomer would grant the whole lease again to a member that died long ago while it was asleep.
 */
import { type Attention, leaseFor, noLease } from './attention.ts'
import { type ConnectionTracker, outageWindowMs } from './connection-tracker.ts'
import { DeadlineQueue } from './deadline-queue.ts'
import type { Member } from './member-list.ts'

export class AttentionLeases {
  readonly #connections: ConnectionTracker
  readonly #closing = new DeadlineQueue<Member>()

  constructor(connections: ConnectionTracker) {
    this.#connections = connections
  }

  nextMs(): number {
    return this.#closing.nextMs()
  }

  renew(
    member: Member,
    { attention, returnsWithinMs = 0 }: { readonly attention?: Attention; readonly returnsWithinMs?: number },
    nowMs: number,
  ): void {
    member.lease = leaseFor(attention, nowMs, member.state.type === 'unknown')
    member.returnsWithinMs = returnsWithinMs
  }

  connectionOpened(member: Member): void {
    this.#closing.delete(member)
    member.awaitedUntilMs = -Infinity
  }

  connectionClosed(member: Member, nowMs: number): void {
    const { lease, returnsWithinMs } = member
    member.awaitedUntilMs = nowMs + returnsWithinMs
    if (lease.state !== 'asleep' && (returnsWithinMs > 0 || nowMs < lease.untilMs))
      this.#closing.set(member, nowMs + Math.max(outageWindowMs, returnsWithinMs))
  }

  suspected(member: Member): void {
    if (!this.#outlastsSuspicion(member)) member.lease = noLease
  }

  /**
   * Ends the lease of each member whose connection closed a second ago. If the member announced that it returns, its lease
   * ends after the announced time. In a grace period no lease ends. Returns the members whose lease ended.
   */
  takeExpired(nowMs: number, isPaused: boolean): Member[] {
    const ended: Member[] = []
    for (let member = this.#closing.takeDue(nowMs); member; member = this.#closing.takeDue(nowMs)) {
      // The member may have fallen asleep since its connection closed.
      if (isPaused || member.lease.state === 'asleep') continue
      member.lease = noLease
      ended.push(member)
    }
    return ended
  }

  forget(member: Member): void {
    this.#closing.delete(member)
  }

  #outlastsSuspicion({ id, lease }: Member): boolean {
    switch (lease.state) {
      case 'hidden':
        return false
      case 'frozen':
        return this.#connections.reaches(id)
      case 'asleep':
        return !lease.isFirst
    }
  }
}
