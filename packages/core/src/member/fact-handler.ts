/**
 * Fact intake: what a fact that is news means for everybody else in the house.
 *
 * Facts are verified before they come here, and merged here; what was known already, or cannot stand, ends here.
 */
import type { Detector, DetectorInput } from '@hearsay/failure-detector'
import { equals } from 'uint8arrays/equals'
import type { Exchanges } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { RumorBuffer } from '../rumors/rumor-batcher.ts'
import type { HeartbeatFact, RecordFact, Table } from '../table/table.ts'
import type { Attention, SignedFact } from '../wire/fact.ts'
import type { Outbox } from './effect-queue.ts'
import type { Pulses } from './heartbeats.ts'
import type { RollCall } from './member-events.ts'

export interface FactIntakeOptions {
  readonly self: string
  readonly table: Table
  readonly detector: Detector
  readonly overlay: Overlay
  readonly rumors: RumorBuffer
  readonly exchanges: Exchanges
  readonly pulses: Pulses
  readonly rollCall: RollCall
  readonly outbox: Outbox
  /** Tells the detector, and does what it asks. */
  readonly detect: (input: DetectorInput) => void
  /** A record of oneself arrived. */
  readonly ownRecord: (fact: RecordFact) => void
  /** A heartbeat of oneself arrived. */
  readonly ownHeartbeat: (fact: HeartbeatFact) => void
}

export class FactIntake {
  readonly #options: FactIntakeOptions

  constructor(options: FactIntakeOptions) {
    this.#options = options
  }

  /** @param from who handed it over directly: a neighbour, or oneself; undefined: it came as a rumor. */
  take(fact: SignedFact, from: string | undefined, now: Instant): void {
    const { self, table, pulses, rumors, exchanges, detect, ownHeartbeat } = this.#options
    const before = table.get(fact.author)?.record
    if (table.merge(fact, now.epochMs) !== 'merged') return
    switch (fact.type) {
      case 'record':
        exchanges.changed(now.monotonicMs)
        this.#takeRecord(fact as RecordFact, before, from)
        break
      case 'heartbeat':
        exchanges.beatArrived(fact.author, from)
        pulses.beat(fact.author, now.epochMs)
        if (fact.author === self) ownHeartbeat(fact as HeartbeatFact)
        else detect({ type: 'beat', id: fact.author, incarnation: fact.incarnation, beat: fact.beat })
        break
      case 'suspicion': {
        const { author: observer, subject, incarnation, hard } = fact
        exchanges.changed(now.monotonicMs)
        // One's own came out of the detector: it knows.
        if (observer === self) {
          rumors.add(fact)
          break
        }
        detect({ type: 'suspicion', subject, incarnation, observer, hard })
        if (hard) this.#lookFor(subject, now)
        break
      }
    }
  }

  /** Somebody was refused by a neighbour that one is not connected to yet: another dial makes two who know. */
  #lookFor(subject: string, now: Instant): void {
    const { overlay, outbox } = this.#options
    if (!overlay.isNeighbour(subject) || overlay.isLinked(subject)) return
    overlay.dialling(subject, now.monotonicMs)
    outbox.push({ type: 'dial', id: subject })
  }

  #takeRecord(fact: RecordFact, before: RecordFact | undefined, from: string | undefined): void {
    const { self, table, detector, overlay, rumors, rollCall, outbox, detect, ownRecord } = this.#options
    const { author: id, record } = fact
    const { incarnation, leaving, addresses, attention } = record
    rollCall.touch(id)
    // Handed over by its author itself, who may be new and without a mesh yet: told on in its name.
    if (from === id) rumors.add(fact)
    if (id === self) {
      ownRecord(fact)
      return
    }
    outbox.push({ type: 'learn', id, addresses })
    if (before && !areEqual(before.record.addresses, addresses)) overlay.moved(id)
    const known = detector.status(id)
    // It took back its goodbye, or an incarnation that nobody believes, and the detector takes back neither.
    if (known && (known.incarnation > incarnation || (known.type === 'left' && !leaving)))
      detect({ type: 'forget', id })
    if (leaving) detect({ type: 'left', id, incarnation })
    else detect({ type: 'member', id, incarnation, ...leaseOf(attention) })
    // What was known of it before this record could not be judged then.
    for (const { author: observer, hard, incarnation: suspected } of table.get(id)?.suspicions?.claims ?? [])
      if (observer !== self)
        detect({ type: 'suspicion', subject: id, incarnation: suspected, observer, hard })
    const status = detector.status(id)?.type
    if (status === 'alive' || status === 'suspect') overlay.present(id)
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
