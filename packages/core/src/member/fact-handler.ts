/**
 * Fact handler: merges verified facts into the table and passes the new ones to the other parts of the machine.
 *
 * Facts are verified before they arrive here. Facts that the table knows or rejects have no further effect.
 */
import type { Detector, DetectorInput } from '@hearsay/failure-detector'
import { equals } from 'uint8arrays/equals'
import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { RumorBatcher } from '../rumors/rumor-batcher.ts'
import type { HeartbeatFact, RecordFact, Table } from '../table/table.ts'
import type { Attention, SignedFact } from '../wire/fact.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { HeartbeatArrivals } from './heartbeats.ts'
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
  /** Passes an input to the detector and carries out its effects. */
  readonly detect: (input: DetectorInput) => void
  /** Called with a new record of this member. */
  readonly onLocalRecord: (fact: RecordFact) => void
  /** Called with a new heartbeat of this member. */
  readonly onLocalHeartbeat: (fact: HeartbeatFact) => void
}

export class FactHandler {
  readonly #options: FactHandlerOptions

  constructor(options: FactHandlerOptions) {
    this.#options = options
  }

  /** @param from the peer that sent the fact directly, or our own id; undefined if the fact arrived in a rumor. */
  handle(fact: SignedFact, from: string | undefined, now: Instant): void {
    const { self, table, heartbeatArrivals, rumors, antiEntropy, detect, onLocalHeartbeat } = this.#options
    const before = table.get(fact.author)?.record
    if (table.merge(fact, now.epochMs) !== 'merged') return
    switch (fact.type) {
      case 'record':
        antiEntropy.changed(now.monotonicMs)
        this.#handleRecord(fact as RecordFact, before, from)
        break
      case 'heartbeat':
        antiEntropy.heartbeatArrived(fact.author, from)
        heartbeatArrivals.record(fact.author, now.epochMs)
        if (fact.author === self) onLocalHeartbeat(fact as HeartbeatFact)
        else
          detect({
            type: 'heartbeat',
            id: fact.author,
            incarnation: fact.incarnation,
            sequence: fact.sequence,
          })
        break
      case 'suspicion': {
        const { author: observer, subject, incarnation, refused } = fact
        antiEntropy.changed(now.monotonicMs)
        // The detector produced our own suspicion, so it needs no input.
        if (observer === self) {
          rumors.add(fact)
          break
        }
        detect({ type: 'suspicion', subject, incarnation, observer, refused })
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

  #handleRecord(fact: RecordFact, before: RecordFact | undefined, from: string | undefined): void {
    const { self, table, detector, overlay, rumors, memberEvents, effectQueue, detect, onLocalRecord } =
      this.#options
    const { author: id, record } = fact
    const { incarnation, leaving, addresses, attention } = record
    memberEvents.markChanged(id)
    // The author may be new and not yet in the gossipsub mesh, so this member publishes the record for it.
    if (from === id) rumors.add(fact)
    if (id === self) {
      onLocalRecord(fact)
      return
    }
    effectQueue.push({ type: 'set-addresses', id, addresses })
    if (before && !areEqual(before.record.addresses, addresses)) overlay.addressesChanged(id)
    const known = detector.status(id)
    // The member returned after leaving, or replaced an implausible incarnation. The detector reverts neither by itself.
    if (known && (known.incarnation > incarnation || (known.type === 'left' && !leaving)))
      detect({ type: 'forget', id })
    if (leaving) detect({ type: 'left', id, incarnation })
    else detect({ type: 'member', id, incarnation, ...leaseOf(attention) })
    // The detector could not use earlier suspicions of this incarnation before the record arrived.
    for (const { author: observer, refused, incarnation: suspected } of table.get(id)?.suspicions?.claims ??
      [])
      if (observer !== self)
        detect({ type: 'suspicion', subject: id, incarnation: suspected, observer, refused })
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
