/** Detector bridge: passes the member's inputs to the failure detector and carries out the detector's effects. */
import type { Detector, DetectorEffect, DetectorInput, ProbeMessage } from '@hearsay/failure-detector'
import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Table } from '../table/table.ts'
import type { EffectQueue } from './effect-queue.ts'
import { heartbeatIntervalMs } from './heartbeats.ts'
import { IndirectContacts } from './indirect-contacts.ts'
import type { LocalAnnouncer } from './local-announcer.ts'
import type { LocalRecord } from './local-record.ts'
import type { MemberEvents } from './member-events.ts'
import type { MemberView } from './member-view.ts'

export interface DetectorBridgeOptions {
  readonly self: string
  readonly detector: Detector
  readonly table: Table
  readonly overlay: Overlay
  readonly memberView: MemberView
  readonly antiEntropy: AntiEntropy
  readonly localRecord: LocalRecord
  readonly announcer: LocalAnnouncer
  readonly memberEvents: MemberEvents
  readonly effectQueue: EffectQueue
}

/** Our choice: one minute. A person who looks at the health after a complaint still sees the pause. */
const recentMs = 60_000
/** After a local pause, the member syncs with three connected members at the same time. */
const urgentFanout = 3

export class DetectorBridge {
  readonly #options: DetectorBridgeOptions
  /** The overlay revision of the subjects that the detector last received. */
  #subjectsRevision = -1
  readonly #indirect = new IndirectContacts()
  #pauses = 0
  #lastPause: { readonly ms: number; readonly endedMs: number } | undefined
  #pausedMs = 0

  constructor(options: DetectorBridgeOptions) {
    this.#options = options
  }

  /** The number of local pauses since the start. */
  get pauses(): number {
    return this.#pauses
  }

  /** For how long a member has not answered this member's own probes, in milliseconds; undefined if it does. */
  indirectMs(id: string, nowMs: number): number | undefined {
    return this.#indirect.silentMs(id, nowMs)
  }

  /** The length of the last local pause in milliseconds if it ended within the last minute; otherwise 0. */
  recentPauseMs(nowMs: number): number {
    const { ms, endedMs } = this.#lastPause ?? { ms: 0, endedMs: 0 }
    return nowMs - endedMs < recentMs ? ms : 0
  }

  /** The time in local pauses since the start. */
  get pausedMs(): number {
    return this.#pausedMs
  }

  /** @returns whether the input had any effect. */
  handle(input: DetectorInput, now: Instant): boolean {
    this.#indirect.received(input)
    const effects = this.#options.detector.handle(input, now.monotonicMs)
    this.#apply(effects, now)
    return effects.length > 0
  }

  advance(now: Instant): void {
    this.#apply(this.#options.detector.advance(now.monotonicMs), now)
  }

  handleProbe(from: string, message: ProbeMessage, now: Instant): void {
    this.handle({ type: 'message', from, message: this.#withPlausibleSuspicion(from, message) }, now)
  }

  /** Sends the detector the list of members to probe, if the list may have changed. */
  updateSubjects(now: Instant): void {
    const { overlay } = this.#options
    if (overlay.revision === this.#subjectsRevision) return
    const subjects = overlay.subjects(now.monotonicMs)
    this.#subjectsRevision = overlay.revision
    this.handle(
      { type: 'subjects', subjects: subjects.map(id => ({ id, monitors: overlay.monitorsOf(id) })) },
      now,
    )
  }

  /** Starts a sync with this number of connected members. */
  startSync(fanout: number, now: Instant): void {
    const { overlay, antiEntropy, effectQueue } = this.#options
    effectQueue.sendSyncSteps(antiEntropy.begin(overlay.connected(), fanout, now.monotonicMs))
  }

  /** Publishes a heartbeat, and passes the interval of heartbeats to the detector. */
  sendHeartbeat(now: Instant): void {
    const { memberView, announcer } = this.#options
    const intervalMs = heartbeatIntervalMs(memberView.count('alive', 'suspect'))
    announcer.sendHeartbeat(intervalMs, now.monotonicMs)
    this.handle({ type: 'heartbeat-interval', ms: intervalMs }, now)
  }

  /**
   * Starts a new incarnation. Needed if the clock was ahead at the start and was corrected since, because other members
   * then reject the current incarnation.
   */
  restart(now: Instant): void {
    const { self, localRecord, announcer } = this.#options
    announcer.restart(now.epochMs)
    this.handle({ type: 'forget', id: self }, now)
    this.handle({ type: 'member', id: self, incarnation: localRecord.incarnation }, now)
  }

  #apply(effects: readonly DetectorEffect[], now: Instant): void {
    const { overlay, localRecord, announcer, memberEvents, effectQueue } = this.#options
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          effectQueue.push({ type: 'send-probe', to: effect.to, message: effect.message })
          this.#checkConnection(this.#indirect.sent(effect.message, now.monotonicMs))
          break
        case 'redial':
          effectQueue.push(overlay.dial(effect.id, now.monotonicMs))
          break
        case 'publish-suspicion':
          // A sleeping member may run for moments, with or without a network. Messages that it misses then are no evidence.
          if (!localRecord.leaving && !localRecord.isAsleep)
            announcer.publishSuspicion(effect.subject, effect.incarnation, effect.refused, now.epochMs)
          this.#checkConnection(effect.subject)
          break
        case 'refute':
          this.#refute(effect.incarnation, now)
          break
        case 'paused':
          this.#pauses += 1
          this.#lastPause = { ms: effect.ms, endedMs: now.monotonicMs }
          this.#pausedMs += effect.ms
          this.sendHeartbeat(now)
          this.startSync(urgentFanout, now)
          break
        case 'fail':
          overlay.markDead(effect.id)
          // The connection may be dead without being closed: TCP would retransmit for a long time, at growing intervals.
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

  /**
   * A firewall or a NAT may have forgotten the connection without closing it, or one of the paths to the member may be
   * broken. So this member tries another connection before it declares the other one dead.
   */
  #checkConnection(id: string | undefined): void {
    const { overlay, effectQueue } = this.#options
    if (id !== undefined && overlay.isConnected(id)) effectQueue.push({ type: 'check-connection', id })
  }

  /**
   * Removes an implausible suspicion from a probe. Probes are not signed: by claiming ever greater incarnations, any peer
   * could make this member raise its incarnation until other members reject it.
   */
  #withPlausibleSuspicion(from: string, message: ProbeMessage): ProbeMessage {
    const { localRecord, table } = this.#options
    if (message.type !== 'ping' || message.suspected === undefined) return message
    const isPlausible = message.suspected <= localRecord.incarnation && table.get(from) !== undefined
    return isPlausible ? message : { type: 'ping', seq: message.seq }
  }

  #refute(claimed: number, now: Instant): void {
    const { self, localRecord, announcer } = this.#options
    if (localRecord.leaving) return
    announcer.refute(claimed)
    this.handle({ type: 'member', id: self, incarnation: localRecord.incarnation }, now)
  }
}
