/**
 * Expulsions: removes the members of a cluster with an authority whose grants have ended, because they expired or were
 * revoked.
 *
 * An expelled member disappears with the event `leave`, its connection closes, and no record with the ended grants brings
 * it back. Before the connection closes, the member receives the reason. A member whose own grants have ended
 * closes its connections and dials no member.
 */
import type { Instant } from '../base/clock.ts'
import type { GrantChain } from '../grants/grant-chain.ts'
import { expiryOf, type MemberGrants } from '../grants/member-grants.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Policy } from '../policy/policy.ts'
import { addRevocation, applyRevocations, factsAgainst } from '../policy/revocation-kind.ts'
import type { RecordFact } from '../table/row.ts'
import type { Table } from '../table/table.ts'
import { syncMessage } from '../wire/codec.ts'
import type { PolicyFact } from '../wire/fact.ts'
import type { DepartedMembers } from './departed-members.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { LocalRecord } from './local-record.ts'
import type { MemberView } from './member-view.ts'

/**
 * - `expired`: the date of the grants is over.
 * - `ticket-revoked`: the invitation with which this member joined, or the admin that made this invitation, was revoked.
 * - `revoked`: this member itself was revoked.
 */
export type GrantsEnd = 'expired' | 'ticket-revoked' | 'revoked'

export interface ExpulsionsOptions {
  readonly self: string
  readonly grants: MemberGrants
  readonly localRecord: LocalRecord
  readonly table: Table
  readonly overlay: Overlay
  readonly memberView: MemberView
  readonly departedMembers: DepartedMembers
  readonly effectQueue: EffectQueue
  readonly policy: Policy
}

/**
 * The functions that the machine of a member needs in a cluster with an authority. The code of these functions is loaded only
 * in a cluster with an authority.
 */
export interface MachineAuthority {
  readonly grants: MemberGrants
  expulsions(options: ExpulsionsOptions): Expulsions
}

export class Expulsions {
  readonly #options: ExpulsionsOptions
  /** When the first grants of a member expire, in epoch milliseconds. May be too early, but never too late. */
  #nextExpiryMs: number
  /** This member's own grants have ended, and it has closed its connections. */
  #isQuiet = false
  #hasNewRevocations = false

  constructor(options: ExpulsionsOptions) {
    this.#options = options
    this.#nextExpiryMs = this.#ownExpiryMs()
  }

  /** The record of a member was merged. */
  admitted({ author, record }: RecordFact): void {
    const { grants, self } = this.#options
    const chain = grants.chainOf(author, record.grants)
    if (chain) this.#nextExpiryMs = Math.min(this.#nextExpiryMs, endOf(chain))
    if (author === self) this.#isQuiet = false
  }

  /**
   * The revocations in the policy set changed.
   *
   * @param added the only change is this further fact; undefined: others may be missing now
   */
  revocationsChanged(added?: PolicyFact): void {
    const { policy, grants } = this.#options
    if (added) addRevocation(added, policy, grants)
    else applyRevocations(policy, grants)
    this.#hasNewRevocations = true
  }

  /** When to call `expel`, in monotonic milliseconds. */
  dueMs(now: Instant): number {
    const { monotonicMs, epochMs } = now
    if (this.#hasNewRevocations) return monotonicMs
    // The local clock was ahead, and was set back.
    if (this.#isQuiet && !this.ownEnd(now)) return monotonicMs
    return monotonicMs + Math.max(0, this.#nextExpiryMs - epochMs)
  }

  /** Why this member's own grants have ended; undefined while they have not. */
  ownEnd({ epochMs }: Instant): GrantsEnd | undefined {
    const { self, grants, localRecord } = this.#options
    const chain = grants.chainOf(self, localRecord.grants)
    if (!chain) return undefined
    const revocation = grants.revocations.of(chain)
    if (revocation) return revocation.subject === self ? 'revoked' : 'ticket-revoked'
    return epochMs > expiryOf(chain) ? 'expired' : undefined
  }

  /**
   * Removes all members whose grants have ended. Call it when it is due.
   *
   * @returns the ids of the removed members
   */
  expel(now: Instant): string[] {
    const { self, grants, table, overlay, effectQueue } = this.#options
    this.#hasNewRevocations = false
    if (this.ownEnd(now)) {
      if (!this.#isQuiet) for (const id of overlay.connected()) effectQueue.push({ type: 'disconnect', id })
      this.#isQuiet = true
      this.#nextExpiryMs = Number.POSITIVE_INFINITY
      return []
    }
    this.#isQuiet = false
    const expelled: string[] = []
    let nextExpiryMs = this.#ownExpiryMs()
    for (const { id, record } of table.rows()) {
      if (id === self) continue
      const chain = grants.chainOf(id, record.record.grants)
      if (chain && grants.isCurrent(chain, now.epochMs)) nextExpiryMs = Math.min(nextExpiryMs, endOf(chain))
      else expelled.push(id)
    }
    this.#nextExpiryMs = nextExpiryMs
    for (const id of expelled) this.#expelOne(id)
    effectQueue.push({ type: 'review-connections' })
    return expelled
  }

  #expelOne(id: string): void {
    const { grants, table, policy, overlay, memberView, departedMembers, effectQueue } = this.#options
    const chain = grants.chainOf(id, table.get(id)?.record.record.grants)
    const event = memberView.expel(id)
    if (event) effectQueue.push({ type: 'event', event })
    if (overlay.isConnected(id)) {
      const subjects = chain?.grants.map(({ subject }) => subject) ?? []
      const facts = factsAgainst(policy, subjects)
      if (facts.length > 0) effectQueue.sendSyncSteps([{ to: id, message: syncMessage({ facts }) }])
      effectQueue.push({ type: 'disconnect', id })
    }
    departedMembers.remove(id)
    effectQueue.changed(id)
  }

  #ownExpiryMs(): number {
    const { self, grants, localRecord } = this.#options
    const chain = grants.chainOf(self, localRecord.grants)
    return chain ? endOf(chain) : Number.POSITIVE_INFINITY
  }
}

/** The first moment at which a chain does not count any more, in epoch milliseconds. */
const endOf = (chain: GrantChain): number => expiryOf(chain) + 1
