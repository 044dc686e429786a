/**
 * Fact handler: merges verified facts into the table and passes the new ones to the other parts of the machine.
 *
 * Facts are verified before they arrive here. Facts that the table knows or rejects have no further effect.
 */
import type { Detector } from '@hearsay/failure-detector'
import { equals } from 'uint8arrays/equals'
import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { RumorBatcher } from '../rumors/rumor-batcher.ts'
import type { HeartbeatFact, RecordFact, Table } from '../table/table.ts'
import type { Attention, SignedFact } from '../wire/fact.ts'
import type { DetectorBridge } from './detector-bridge.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { GracefulLeave } from './graceful-leave.ts'
import type { HeartbeatArrivals } from './heartbeats.ts'
import type { IdentityGuard } from './identity-guard.ts'
import type { MemberEvents } from './member-events.ts'

export interface FactHandlerOptions {
  readonly self: string
  readonly table: Table
  readonly detector: Detector
  readonly overlay: Overlay
  readonly rumors: RumorBatcher
  readonly antiEntropy: AntiEntropy
  readonly heartbeatArrivals: HeartbeatArrivals
  readonly memberEvents: MemberEvents
  readonly effectQueue: EffectQueue
  readonly detectorBridge: DetectorBridge
  readonly identity: IdentityGuard
  readonly gracefulLeave: GracefulLeave
}

export class FactHandler {
  readonly #options: FactHandlerOptions

  constructor(options: FactHandlerOptions) {
    this.#options = options
  }

  /** @param from the peer that sent the fact directly, or the local id; undefined if the fact arrived in a rumor. */
  handle(fact: SignedFact, from: string | undefined, now: Instant): void {
    const { self, table, heartbeatArrivals, rumors, antiEntropy, detectorBridge, identity } = this.#options
    const before = table.get(fact.author)?.record
    if (table.merge(fact, now.epochMs) !== 'merged') return
    switch (fact.type) {
      case 'record':
        antiEntropy.changed(now.monotonicMs)
        this.#handleRecord(fact as RecordFact, before, from, now)
        break
      case 'heartbeat':
        antiEntropy.heartbeatArrived(fact.author, from)
        heartbeatArrivals.record(fact.author, now.epochMs)
        if (fact.author === self) identity.heartbeat(fact as HeartbeatFact, now)
        else {
          const { author: id, incarnation, sequence } = fact
          detectorBridge.handle({ type: 'heartbeat', id, incarnation, sequence }, now)
        }
        break
      case 'suspicion': {
        const { author: observer, subject, incarnation, refused } = fact
        antiEntropy.changed(now.monotonicMs)
        // The detector itself produced the local member's suspicion, so it needs no input.
        if (observer === self) {
          rumors.add(fact)
          break
        }
        detectorBridge.handle({ type: 'suspicion', subject, incarnation, observer, refused }, now)
        if (refused) this.#dialSuspect(subject, now)
        break
      }
    }
  }

  /**
   * Dials a suspect that refused another member's connection, if it is a neighbour without a connection: a second refusal
   * confirms the first.
   */
  #dialSuspect(subject: string, now: Instant): void {
    const { overlay, effectQueue } = this.#options
    if (!overlay.isNeighbour(subject) || overlay.isConnected(subject)) return
    overlay.dialling(subject, now.monotonicMs)
    effectQueue.push({ type: 'dial', id: subject })
  }

  #handleRecord(
    fact: RecordFact,
    before: RecordFact | undefined,
    from: string | undefined,
    now: Instant,
  ): void {
    const { self, overlay, rumors, memberEvents, identity, gracefulLeave, effectQueue } = this.#options
    const { author: id, record } = fact
    memberEvents.markChanged(id)
    // The author may be new and not yet in the gossipsub mesh, so this member publishes the record for it.
    if (from === id) rumors.add(fact)
    if (id === self) {
      const isForeign = identity.record(fact, now)
      if (!isForeign && record.leaving) gracefulLeave.begin(fact, now.monotonicMs)
      return
    }
    const { addresses } = record
    effectQueue.push({ type: 'set-addresses', id, addresses })
    if (before && !areEqual(before.record.addresses, addresses)) overlay.addressesChanged(id)
    this.#updateDetector(fact, now)
  }

  /** Passes a record of another member to the detector. A member that is alive or suspect joins the overlay. */
  #updateDetector({ author: id, record }: RecordFact, now: Instant): void {
    const { self, table, detector, overlay, detectorBridge } = this.#options
    const { incarnation, leaving, attention } = record
    const known = detector.status(id)
    // The member returned after leaving, or replaced an implausible incarnation. The detector reverts neither by itself.
    if (known && (known.incarnation > incarnation || (known.type === 'left' && !leaving)))
      detectorBridge.handle({ type: 'forget', id }, now)
    if (leaving) detectorBridge.handle({ type: 'left', id, incarnation }, now)
    else detectorBridge.handle({ type: 'member', id, incarnation, ...leaseOf(attention) }, now)
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

function leaseOf({ state, leaseMs }: Attention): {
  attention?: { state: 'hidden' | 'frozen'; leaseMs: number }
} {
  return state === 'full' ? {} : { attention: { state, leaseMs } }
}
