/**
 * Detection: the failure detector at work in a member: what it is told, and what is done when it speaks.
 */
import type {
  ConnectionEvent,
  Detector,
  DetectorEffect,
  DetectorInput,
  ProbeMessage,
} from '@hearsay/failure-detector'
import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Table } from '../table/table.ts'
import type { EffectQueue } from './effect-queue.ts'
import { heartbeatIntervalMs } from './heartbeat-interval.ts'
import type { LocalAnnouncer } from './local-announcer.ts'
import type { LocalRecord } from './local-record.ts'
import type { MemberEvents } from './member-events.ts'
import type { MemberView } from './member-view.ts'
import type { RoundTrips } from './round-trips.ts'

export interface DetectorBridgeOptions {
  readonly self: string
  readonly detector: Detector
  readonly table: Table
  readonly overlay: Overlay
  readonly membership: MemberView
  readonly antiEntropy: AntiEntropy
  readonly roundTrips: RoundTrips
  readonly own: LocalRecord
  readonly announcer: LocalAnnouncer
  readonly memberEvents: MemberEvents
  readonly effectQueue: EffectQueue
}

/** An exchange after a stall goes to so many neighbours at once. */
const urgentFanout = 3

export class DetectorBridge {
  readonly #options: DetectorBridgeOptions
  /** The overlay's revision that the detector was last told of. */
  #subjectsRevision = -1
  #pauses = 0

  constructor(options: DetectorBridgeOptions) {
    this.#options = options
  }

  /** Own stalls since the start. */
  get pauses(): number {
    return this.#pauses
  }

  handle(input: DetectorInput, now: Instant): void {
    this.#apply(this.#options.detector.handle(input, now.monotonicMs), now)
  }

  advance(now: Instant): void {
    this.#apply(this.#options.detector.advance(now.monotonicMs), now)
  }

  handleProbe(from: string, message: ProbeMessage, now: Instant): void {
    this.handle({ type: 'message', from, message: this.#withPlausibleSuspicion(from, message) }, now)
  }

  connectionChanged(id: string, state: ConnectionEvent, isOurs: boolean, now: Instant): void {
    const { self, overlay, antiEntropy, roundTrips, effectQueue } = this.#options
    switch (state) {
      case 'open':
        overlay.opened(id, isOurs)
        this.handle({ type: 'connection', id, state }, now)
        // One of the two ends begins.
        if (self < id) effectQueue.sendSyncSteps([antiEntropy.offer(id, now.monotonicMs)])
        break
      case 'closed':
      case 'released':
        antiEntropy.closed(id)
        roundTrips.closed(id)
        // Given up, by this end or by the other that said so, it should have gone; else the member is looked for.
        this.handle({ type: 'connection', id, state: overlay.closed(id) ? 'released' : state }, now)
        break
      case 'refused':
      case 'unreachable':
      case 'network-down':
        overlay.dialFailed(id, now.monotonicMs)
        this.handle({ type: 'connection', id, state }, now)
        break
    }
  }

  /** Tells the detector whom to probe, if that changed. */
  updateSubjects(now: Instant): void {
    const { overlay } = this.#options
    if (overlay.revision === this.#subjectsRevision) return
    const watched = overlay.subjects(now.monotonicMs)
    this.#subjectsRevision = overlay.revision
    this.handle(
      { type: 'subjects', subjects: watched.map(id => ({ id, monitors: overlay.monitorsOf(id) })) },
      now,
    )
  }

  startSync(fanout: number, now: Instant): void {
    const { overlay, antiEntropy, effectQueue } = this.#options
    effectQueue.sendSyncSteps(antiEntropy.begin(overlay.connected(), fanout, now.monotonicMs))
  }

  heartbeatDue(now: Instant): void {
    const { membership, announcer } = this.#options
    const intervalMs = heartbeatIntervalMs(membership.count('alive', 'suspect'))
    announcer.sendHeartbeat(intervalMs, now.monotonicMs)
    this.handle({ type: 'heartbeat-interval', ms: intervalMs }, now)
  }

  /** The clock was ahead when this life began, and was set right: nobody believes this life any more, or ever did. */
  restart(now: Instant): void {
    const { self, own, announcer } = this.#options
    announcer.restart(now.epochMs)
    this.handle({ type: 'forget', id: self }, now)
    this.handle({ type: 'member', id: self, incarnation: own.incarnation }, now)
  }

  #apply(effects: readonly DetectorEffect[], now: Instant): void {
    const { overlay, own, announcer, memberEvents, effectQueue } = this.#options
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          effectQueue.push({ type: 'send-probe', to: effect.to, message: effect.message })
          break
        case 'redial':
          overlay.dialling(effect.id, now.monotonicMs)
          effectQueue.push({ type: 'dial', id: effect.id })
          break
        case 'publish-suspicion':
          if (!own.leaving)
            announcer.publishSuspicion(effect.subject, effect.incarnation, effect.refused, now.epochMs)
          break
        case 'refute':
          this.#refute(effect.incarnation, now)
          break
        case 'paused':
          this.#pauses += 1
          this.heartbeatDue(now)
          this.startSync(urgentFanout, now)
          break
        case 'fail':
          overlay.markDead(effect.id)
          // Its end may not have heard anything for long, and TCP would go on trying, ever more rarely.
          if (overlay.isConnected(effect.id)) effectQueue.push({ type: 'disconnect', id: effect.id })
          memberEvents.markChanged(effect.id)
          break
        case 'suspect':
        case 'recover':
        case 'return':
          memberEvents.markChanged(effect.id)
          break
      }
    }
  }

  /** A probe is not signed: by one that claims an incarnation yet unheard of, anybody could drive ours out of the believable. */
  #withPlausibleSuspicion(from: string, message: ProbeMessage): ProbeMessage {
    const { own, table } = this.#options
    if (message.type !== 'ping' || message.suspected === undefined) return message
    const isPlausible = message.suspected <= own.incarnation && table.get(from) !== undefined
    return isPlausible ? message : { type: 'ping', seq: message.seq }
  }

  #refute(claimed: number, now: Instant): void {
    const { self, own, announcer } = this.#options
    if (own.leaving) return
    announcer.refute(claimed)
    this.handle({ type: 'member', id: self, incarnation: own.incarnation }, now)
  }
}
