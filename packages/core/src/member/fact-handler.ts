/**
 * Fact handler: merges verified facts into the table and passes the new ones to the other parts of the machine.
 *
 * Facts are verified before they arrive here. Facts that the table knows or rejects have no further effect. Only facts of
 * members enter the table: the record of an id without standing waits in `Standing` until the id becomes a member.
 */
import type { Detector } from '@hearsay/failure-detector'
import { equals } from 'uint8arrays/equals'
import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Policy } from '../policy/policy.ts'
import type { RumorBatcher } from '../rumors/rumor-batcher.ts'
import { isLaterRecord } from '../table/incarnation.ts'
import type { HeartbeatFact, IntroductionFact, RecordFact } from '../table/row.ts'
import type { SuspicionFact } from '../table/suspicions.ts'
import type { Table } from '../table/table.ts'
import { type Digest, syncMessage } from '../wire/codec.ts'
import type { Attention, PolicyFact, SignedFact } from '../wire/fact.ts'
import type { AuthorRates } from './author-rates.ts'
import type { DetectorBridge } from './detector-bridge.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { Expulsions } from './expulsions.ts'
import type { GracefulLeave } from './graceful-leave.ts'
import type { HeartbeatArrivals } from './heartbeats.ts'
import type { IdentityGuard } from './identity-guard.ts'
import type { LocalAnnouncer } from './local-announcer.ts'
import type { MemberEvents } from './member-events.ts'
import type { Standing } from './standing.ts'

export interface FactHandlerOptions {
  readonly self: string
  readonly table: Table
  readonly policy: Policy
  readonly detector: Detector
  readonly overlay: Overlay
  readonly rumors: RumorBatcher
  readonly antiEntropy: AntiEntropy
  readonly heartbeatArrivals: HeartbeatArrivals
  readonly memberEvents: MemberEvents
  readonly effectQueue: EffectQueue
  readonly detectorBridge: DetectorBridge
  readonly identity: IdentityGuard
  readonly announcer: LocalAnnouncer
  readonly standing: Standing
  readonly rates: AuthorRates
  readonly gracefulLeave: GracefulLeave
  /** In a cluster with an authority. */
  readonly expulsions?: Expulsions | undefined
}

export class FactHandler {
  readonly #options: FactHandlerOptions

  constructor(options: FactHandlerOptions) {
    this.#options = options
  }

  /**
   * @param from the peer that sent the fact directly, or the local id; undefined if the fact arrived in a rumor
   * @param reporter the peer that sent the fact, directly or in a rumor
   */
  handle(fact: SignedFact, from: string | undefined, now: Instant, reporter: string = from ?? ''): void {
    const { self, table, standing, rates } = this.#options
    switch (fact.type) {
      case 'record': {
        const isNewcomer = fact.author !== self && table.get(fact.author) === undefined
        if (!isNewcomer) this.#mergeRecord(fact, from, now)
        else if (standing.admits(fact, from, now)) this.#addMember(fact, from, now)
        else if (table.outcome(fact, now.epochMs) === 'merged')
          standing.report(fact, reporter, now.monotonicMs)
        break
      }
      case 'introduction':
        this.#introduce(fact, now)
        break
      case 'heartbeat':
        if (fact.author !== self && table.outcome(fact, now.epochMs) === 'merged')
          if (!rates.take(fact, now.monotonicMs)) break
        if (table.merge(fact, now.epochMs) === 'merged') this.#handleHeartbeat(fact, from, now)
        break
      case 'suspicion':
        if (fact.author !== self) {
          if (!standing.mayAccuse(fact.author)) break
          if (table.outcome(fact, now.epochMs) !== 'merged' || !rates.take(fact, now.monotonicMs)) break
        }
        if (table.merge(fact, now.epochMs) === 'merged') this.#handleSuspicion(fact, now)
        break
      case 'revocation':
      case 'keyring':
        this.#handlePolicy(fact, from, now)
        break
    }
  }

  #handlePolicy(fact: PolicyFact, from: string | undefined, now: Instant): void {
    const { self, policy, rates, rumors, antiEntropy, effectQueue, expulsions } = this.#options
    const isOwn = from === self
    if (policy.outcome(fact, now.epochMs, isOwn) !== 'merged') return
    if (!isOwn && !policy.isUnlimited(fact.author) && !rates.take(fact, now.monotonicMs)) return
    const { size } = policy
    policy.merge(fact, now.epochMs, isOwn)
    antiEntropy.changed(now.monotonicMs)
    if (isOwn) rumors.add(fact)
    effectQueue.push({ type: 'policy', fact })
    // A keyring takes the place of a revocation if the set is full.
    if (fact.type === 'revocation' || policy.size === size)
      expulsions?.revocationsChanged(policy.size > size ? fact : undefined)
  }

  /** A connection opened. An id that waited becomes a member. */
  connected(id: string, now: Instant): void {
    const { standing } = this.#options
    standing.connected(id, now.monotonicMs)
    if (standing.isProvisional(id)) this.#promote(id, now)
  }

  /** Promotes the ids that waited long enough. Call at `standing.reviewDueMs`. */
  review(now: Instant): void {
    const { standing } = this.#options
    for (const id of standing.review(now.monotonicMs)) this.#promote(id, now)
  }

  /**
   * A peer's digest lacks members that are connected here. If this lasts, their introducers have no quota at that peer, so
   * this member introduces them, too.
   */
  introduceMissing({ buckets, rows }: Digest, now: Instant): void {
    const { table, overlay, standing, announcer } = this.#options
    const prefixes = new Set(rows.map(({ prefix }) => prefix))
    for (const id of overlay.connected()) {
      const row = table.get(id)
      if (!row?.hash || (buckets && !buckets.has(row.bucket)) || prefixes.has(row.prefix)) continue
      if (standing.introducesAgain(id, now.monotonicMs))
        announcer.publishIntroduction(id, row.record.record.incarnation)
    }
  }

  #introduce(fact: IntroductionFact, now: Instant): void {
    const { self, table, standing, rumors } = this.#options
    const row = table.get(fact.subject)
    if (!row) {
      if (standing.introduce(fact, now.monotonicMs)) this.#promote(fact.subject, now)
      return
    }
    table.merge(fact, now.epochMs)
    if (fact.author !== self) return
    // The newcomer may not be in the gossipsub mesh yet, so this member publishes the newcomer's record.
    rumors.add(row.record)
    rumors.add(fact)
  }

  /** The id that waited becomes a member. */
  #promote(id: string, now: Instant): void {
    const record = this.#options.standing.provisionalRecord(id)
    if (record) this.#addMember(record, undefined, now)
  }

  /**
   * Adds the author of a record as a member, and stores the introductions of this author that had waited. Introductions by
   * this author count now, so further ids may become members.
   */
  #addMember(fact: RecordFact, from: string | undefined, now: Instant): void {
    const { self, table, standing, announcer } = this.#options
    const { author: id } = fact
    const waiting = standing.take(id)
    const isOlder = waiting !== undefined && isLaterRecord(waiting.record.record, fact.record)
    const isMerged = this.#mergeRecord(isOlder ? waiting.record : fact, from, now)
    if (!isMerged) return
    for (const introduction of waiting?.introductions ?? []) table.merge(introduction, now.epochMs)
    if (standing.introduces(id) && id !== self) announcer.publishIntroduction(id, fact.record.incarnation)
    for (const other of standing.introducedBy(id, now.monotonicMs)) this.#promote(other, now)
  }

  /** @returns whether the record was new */
  #mergeRecord(fact: RecordFact, from: string | undefined, now: Instant): boolean {
    const { self, table, antiEntropy, rates, standing, expulsions } = this.#options
    const before = table.get(fact.author)?.record
    if (table.outcome(fact, now.epochMs) !== 'merged') return false
    // A revocation may have arrived since the filter.
    if (fact.author !== self && !standing.hasGrants(fact, now)) return false
    if (fact.author !== self && before && !rates.take(fact, now.monotonicMs)) return false
    table.merge(fact, now.epochMs)
    expulsions?.admitted(fact)
    antiEntropy.changed(now.monotonicMs)
    this.#handleRecord(fact, before, from, now)
    return true
  }

  #handleHeartbeat(fact: HeartbeatFact, from: string | undefined, now: Instant): void {
    const { self, antiEntropy, heartbeatArrivals, identity, detectorBridge } = this.#options
    const { author: id, incarnation, sequence } = fact
    antiEntropy.heartbeatArrived(id, from)
    heartbeatArrivals.record(id, now)
    if (id === self) identity.heartbeat(fact, now)
    else detectorBridge.handle({ type: 'heartbeat', id, incarnation, sequence }, now)
  }

  #handleSuspicion(fact: SuspicionFact, now: Instant): void {
    const { self, antiEntropy, rumors, detectorBridge, memberEvents } = this.#options
    const { author: observer, subject, incarnation, refused } = fact
    antiEntropy.changed(now.monotonicMs)
    // A second claim shortens the wait before the app sees the suspicion.
    memberEvents.markChanged(subject)
    // The detector itself produced the local member's suspicion, so it needs no input.
    if (observer === self) {
      rumors.add(fact)
      return
    }
    detectorBridge.handle({ type: 'suspicion', subject, incarnation, observer, refused }, now)
    if (refused) this.#dialSuspect(subject, now)
  }

  /**
   * Dials a suspect that refused another member's connection, if it is a neighbour without a connection: a second refusal
   * confirms the first.
   */
  #dialSuspect(subject: string, now: Instant): void {
    const { overlay, effectQueue } = this.#options
    if (!overlay.isNeighbour(subject) || overlay.isConnected(subject)) return
    effectQueue.push(overlay.dial(subject, now.monotonicMs))
  }

  #handleRecord(
    fact: RecordFact,
    before: RecordFact | undefined,
    from: string | undefined,
    now: Instant,
  ): void {
    const { self, overlay, rumors, memberEvents, identity, gracefulLeave, effectQueue, standing } =
      this.#options
    const { author: id, record } = fact
    memberEvents.markChanged(id)
    // The author may be new and not yet in the gossipsub mesh, so this member publishes the record for it.
    // The record of a newcomer is published together with its introduction.
    if (from === id && (id === self || before || !standing.introduces(id))) rumors.add(fact)
    if (id === self) {
      const isSleepOrWake = [record, before?.record].some(each => each?.attention.state === 'asleep')
      if (isSleepOrWake) this.#sendToConnected(fact)
      const isForeign = identity.record(fact, now)
      if (!isForeign && record.leaving) gracefulLeave.begin(fact, now.monotonicMs)
      return
    }
    const { addresses } = record
    effectQueue.push({ type: 'set-addresses', id, addresses })
    if (before && !areEqual(before.record.addresses, addresses)) overlay.addressesChanged(id)
    this.#updateDetector(fact, now)
  }

  /**
   * Sends this member's record at once as a rumor, and also directly to the connected members. Before a sleep, the
   * machine may stop before the next batch of rumors. After a sleep, a peer may still use the pubsub stream of an old
   * connection.
   */
  #sendToConnected(fact: RecordFact): void {
    const { overlay, rumors, effectQueue } = this.#options
    rumors.sendNow()
    const message = syncMessage({ facts: [fact] })
    effectQueue.sendSyncSteps(overlay.connected().map(to => ({ to, message })))
  }

  /** Passes a record of another member to the detector. A member that is alive or suspect joins the overlay. */
  #updateDetector({ author: id, record }: RecordFact, now: Instant): void {
    const { self, table, detector, overlay, detectorBridge } = this.#options
    const { incarnation, leaving, attention, returnsWithinMs } = record
    const known = detector.status(id)
    // The member returned after leaving, or replaced an implausible incarnation. The detector reverts neither by itself.
    if (known && (known.incarnation > incarnation || (known.type === 'left' && !leaving)))
      detectorBridge.handle({ type: 'forget', id }, now)
    if (leaving) detectorBridge.handle({ type: 'left', id, incarnation }, now)
    else
      detectorBridge.handle({ type: 'member', id, incarnation, returnsWithinMs, ...leaseOf(attention) }, now)
    // The detector could not use earlier suspicions of this incarnation before the record arrived.
    for (const claim of table.get(id)?.suspicions?.claims ?? []) {
      const { author: observer, refused, incarnation } = claim
      if (observer !== self)
        detectorBridge.handle({ type: 'suspicion', subject: id, incarnation, observer, refused }, now)
    }
    const status = detector.status(id)?.type
    if (status === 'alive' || status === 'suspect') overlay.addMember(id)
  }
}

function areEqual(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((bytes, i) => equals(bytes, b[i] ?? bytes))
}

/** A hidden page answers late, although the user sees it in another page and its state is `full`. */
function leaseOf({ state, leaseMs }: Attention): {
  attention?: { state: Exclude<Attention['state'], 'full'>; leaseMs: number }
} {
  return leaseMs === 0 ? {} : { attention: { state: state === 'full' ? 'hidden' : state, leaseMs } }
}
