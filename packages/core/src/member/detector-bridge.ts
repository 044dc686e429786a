/**
 * Detection: the failure detector at work in a member: what it is told, and what is done when it speaks.
 */
import type {
  Detector,
  DetectorEffect,
  DetectorInput,
  LinkState,
  ProbeMessage,
} from '@hearsay/failure-detector'
import type { Exchanges } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Table } from '../table/table.ts'
import type { Outbox } from './effect-queue.ts'
import { beatIntervalMs } from './heartbeat-interval.ts'
import type { OwnVoice } from './local-announcer.ts'
import type { OwnRecord } from './local-record.ts'
import type { RollCall } from './member-events.ts'
import type { Membership } from './member-view.ts'
import type { RoundTrips } from './round-trips.ts'

export interface DetectionOptions {
  readonly self: string
  readonly detector: Detector
  readonly table: Table
  readonly overlay: Overlay
  readonly membership: Membership
  readonly exchanges: Exchanges
  readonly roundTrips: RoundTrips
  readonly own: OwnRecord
  readonly voice: OwnVoice
  readonly rollCall: RollCall
  readonly outbox: Outbox
}

/** An exchange after a stall goes to so many neighbours at once. */
const urgentFanout = 3

export class Detection {
  readonly #options: DetectionOptions
  /** The overlay's revision that the detector was last told of. */
  #watchedRevision = -1
  #stalls = 0

  constructor(options: DetectionOptions) {
    this.#options = options
  }

  /** Own stalls since the start. */
  get stalls(): number {
    return this.#stalls
  }

  tell(input: DetectorInput, now: Instant): void {
    this.#apply(this.#options.detector.handle(input, now.monotonicMs), now)
  }

  advance(now: Instant): void {
    this.#apply(this.#options.detector.advance(now.monotonicMs), now)
  }

  probed(from: string, message: ProbeMessage, now: Instant): void {
    this.tell({ type: 'message', from, message: this.#credible(from, message) }, now)
  }

  link(id: string, state: LinkState, isOurs: boolean, now: Instant): void {
    const { self, overlay, exchanges, roundTrips, outbox } = this.#options
    switch (state) {
      case 'open':
        overlay.opened(id, isOurs)
        this.tell({ type: 'link', id, state }, now)
        // One of the two ends begins.
        if (self < id) outbox.send([exchanges.offer(id, now.monotonicMs)])
        break
      case 'closed':
      case 'released':
        exchanges.closed(id)
        roundTrips.closed(id)
        // Given up, by this end or by the other that said so, it should have gone; else the member is looked for.
        this.tell({ type: 'link', id, state: overlay.closed(id) ? 'released' : state }, now)
        break
      case 'refused':
      case 'unreachable':
      case 'network-down':
        overlay.dialFailed(id, now.monotonicMs)
        this.tell({ type: 'link', id, state }, now)
        break
    }
  }

  /** Tells the detector whom to probe, if that changed. */
  watchNeighbours(now: Instant): void {
    const { overlay } = this.#options
    if (overlay.revision === this.#watchedRevision) return
    const watched = overlay.watched(now.monotonicMs)
    this.#watchedRevision = overlay.revision
    this.tell(
      { type: 'subjects', subjects: watched.map(id => ({ id, monitors: overlay.monitorsOf(id) })) },
      now,
    )
  }

  exchangeWith(fanout: number, now: Instant): void {
    const { overlay, exchanges, outbox } = this.#options
    outbox.send(exchanges.begin(overlay.linked(), fanout, now.monotonicMs))
  }

  beat(now: Instant): void {
    const { membership, voice } = this.#options
    const intervalMs = beatIntervalMs(membership.count('alive', 'suspect'))
    voice.beat(intervalMs, now.monotonicMs)
    this.tell({ type: 'beat-interval', ms: intervalMs }, now)
  }

  /** The clock was ahead when this life began, and was set right: nobody believes this life any more, or ever did. */
  beginAnew(now: Instant): void {
    const { self, own, voice } = this.#options
    voice.beginAnew(now.epochMs)
    this.tell({ type: 'forget', id: self }, now)
    this.tell({ type: 'member', id: self, incarnation: own.incarnation }, now)
  }

  #apply(effects: readonly DetectorEffect[], now: Instant): void {
    const { overlay, own, voice, rollCall, outbox } = this.#options
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          outbox.push({ type: 'send-probe', to: effect.to, message: effect.message })
          break
        case 'redial':
          overlay.dialling(effect.id, now.monotonicMs)
          outbox.push({ type: 'dial', id: effect.id })
          break
        case 'accuse':
          if (!own.leaving) voice.accuse(effect.subject, effect.incarnation, effect.hard, now.epochMs)
          break
        case 'refute':
          this.#refute(effect.incarnation, now)
          break
        case 'stalled':
          this.#stalls += 1
          this.beat(now)
          this.exchangeWith(urgentFanout, now)
          break
        case 'fail':
          overlay.absent(effect.id)
          // Its end may not have heard anything for long, and TCP would go on trying, ever more rarely.
          if (overlay.isLinked(effect.id)) outbox.push({ type: 'disconnect', id: effect.id })
          rollCall.touch(effect.id)
          break
        case 'suspect':
        case 'recover':
        case 'return':
          rollCall.touch(effect.id)
          break
      }
    }
  }

  /** A probe is not signed: by one that claims an incarnation yet unheard of, anybody could drive ours out of the believable. */
  #credible(from: string, message: ProbeMessage): ProbeMessage {
    const { own, table } = this.#options
    if (message.type !== 'ping' || message.suspected === undefined) return message
    const isCredible = message.suspected <= own.incarnation && table.get(from) !== undefined
    return isCredible ? message : { type: 'ping', seq: message.seq }
  }

  #refute(claimed: number, now: Instant): void {
    const { self, own, voice } = this.#options
    if (own.leaving) return
    voice.refute(claimed)
    this.tell({ type: 'member', id: self, incarnation: own.incarnation }, now)
  }
}
