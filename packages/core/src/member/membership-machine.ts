/**
 * Membership machine: one member of a cluster as a state machine without I/O, timers and clocks.
 *
 * All facts arrive signed and verified, including this member's own. Each call gets the current time and returns the
 * effects for the host to carry out. The same inputs at the same instants give the same effects.
 */
import {
  createDetector,
  type Detector,
  type DetectorInput,
  type DetectorParameters,
  profiles,
} from '@hearsay/failure-detector'
import { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import { Overlay } from '../overlay/overlay.ts'
import { SilentPubsubDetector } from '../overlay/silent-pubsub-detector.ts'
import { RumorBatcher } from '../rumors/rumor-batcher.ts'
import { isPlausibleTimestamp } from '../table/incarnation.ts'
import { type RecordFact, Table } from '../table/table.ts'
import { syncMessage } from '../wire/codec.ts'
import type { MemberRecord } from '../wire/fact.ts'
import { DetectorBridge } from './detector-bridge.ts'
import { EffectQueue } from './effect-queue.ts'
import { FactHandler } from './fact-handler.ts'
import { FlapDamping } from './flap-damping.ts'
import { GracefulLeave } from './graceful-leave.ts'
import { HeartbeatArrivals, heartbeatIntervalMs } from './heartbeats.ts'
import { IdentityGuard } from './identity-guard.ts'
import { LocalAnnouncer } from './local-announcer.ts'
import { type LocalChange, LocalRecord } from './local-record.ts'
import type { MachineEffect, MachineInput } from './machine-io.ts'
import type { Member } from './member.ts'
import { MemberEvents } from './member-events.ts'
import type { MemberHealth } from './member-health.ts'
import { MemberView } from './member-view.ts'
import { PartitionDetector } from './partition-detector.ts'
import { type ResourceUsage, resourceUsageOf } from './resource-usage.ts'
import { RoundTrips } from './round-trips.ts'
import { SyncHandler } from './sync-handler.ts'

/** Our choice: a bootstrap address that neither answers nor fails delays `isSettled` for 10 s at most. */
const maxBootstrapMs = 10_000
/** Our choice: a member without a connection waits 1 s for local discovery to find other members. */
const unconnectedMs = 1_000

export interface MembershipMachineOptions {
  readonly self: string
  /** The first local record: version 1, incarnation from `firstIncarnation`. */
  readonly record: MemberRecord
  /** Bootstrap addresses, as multiaddrs. */
  readonly bootstrap: readonly string[]
  /**
   * The initial state: another machine, which must not be used any more. Its state is shared and never modified; changes
   * are stored on top, so that thousands of members fit into one simulation.
   */
  readonly prior?: MembershipMachine
  /** Multiaddrs that an earlier process stored, dialled while this member has no connection. @default [] */
  readonly cachedPeers?: readonly string[]
  readonly profile: 'local' | 'lan' | 'wan'
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  /** The greatest number of members in the table. Our choice: 20,000. @default 20_000 */
  readonly maxMembers?: number
  /** The approximate greatest number of bytes of facts in one sync step. @default 49_152 */
  readonly maxDeltaBytes?: number
  /** For how long dead and left members are advertised. @default 86_400_000: one day */
  readonly retentionMs?: number
  /** Detector parameters that replace those of the profile. @default {} */
  readonly parameters?: Partial<DetectorParameters>
}

/** The inputs that are caused by a message from another member. */
const evidenceInputs: ReadonlySet<MachineInput['type']> = new Set(['rumors', 'sync', 'probe', 'evidence'])

/** One member: call `start` once, then `handle` for each input and `advance` at each deadline. */
export class MembershipMachine {
  readonly #self: string
  readonly #localRecord: LocalRecord
  readonly #announcer: LocalAnnouncer
  readonly #table: Table
  readonly #detector: Detector
  readonly #overlay: Overlay
  readonly #memberView: MemberView
  readonly #factHandler: FactHandler
  readonly #syncHandler: SyncHandler
  readonly #memberEvents: MemberEvents
  readonly #detectorBridge: DetectorBridge
  readonly #gracefulLeave: GracefulLeave
  readonly #identity: IdentityGuard
  readonly #antiEntropy: AntiEntropy
  readonly #rumors = new RumorBatcher()
  readonly #silentPubsub = new SilentPubsubDetector()
  readonly #partition = new PartitionDetector()
  readonly #damping: FlapDamping
  readonly #heartbeatArrivals = new HeartbeatArrivals()
  readonly #roundTrips: RoundTrips
  readonly #effectQueue = new EffectQueue()
  readonly #startedMs: number
  #wasConnected = false
  #now: Instant

  constructor(options: MembershipMachineOptions, now: Instant) {
    const { self, record, bootstrap, cachedPeers = [], random, profile, prior } = options
    const { maxMembers = 20_000, maxDeltaBytes = 49_152, retentionMs = 86_400_000, parameters = {} } = options
    const nowMs = now.monotonicMs
    this.#now = now
    this.#startedMs = nowMs
    this.#self = self
    this.#localRecord = new LocalRecord(record)
    this.#announcer = new LocalAnnouncer(
      self,
      this.#localRecord,
      this.#effectQueue,
      nowMs + (prior ? random() * heartbeatIntervalMs(prior.#table.size) : 0),
    )
    this.#table = new Table({ maxMembers, maxTombstones: maxMembers, prior: prior && prior.#table })
    this.#detector = createDetector({
      self,
      random,
      profile,
      parameters,
      ...(prior && { prior: prior.#detector }),
    })
    this.#overlay = new Overlay(
      { self, bootstrap, cachedPeers, random, prior: prior && prior.#overlay },
      nowMs,
    )
    this.#memberView = new MemberView(self, prior && prior.#memberView)
    this.#roundTrips = new RoundTrips(random)
    this.#damping = new FlapDamping(parameters.probeIntervalMs ?? profiles[profile].probeIntervalMs)
    this.#antiEntropy = new AntiEntropy(
      { table: this.#table, random, maxDeltaBytes, hasCompared: prior !== undefined },
      nowMs,
    )
    const parts = {
      self,
      localRecord: this.#localRecord,
      announcer: this.#announcer,
      table: this.#table,
      detector: this.#detector,
      overlay: this.#overlay,
      memberView: this.#memberView,
      antiEntropy: this.#antiEntropy,
      rumors: this.#rumors,
      partition: this.#partition,
      damping: this.#damping,
      heartbeatArrivals: this.#heartbeatArrivals,
      roundTrips: this.#roundTrips,
      effectQueue: this.#effectQueue,
    }
    this.#memberEvents = new MemberEvents({ ...parts, retentionMs }, nowMs)
    this.#gracefulLeave = new GracefulLeave(parts)
    this.#detectorBridge = new DetectorBridge({ ...parts, memberEvents: this.#memberEvents })
    const detect = (input: DetectorInput) => this.#detectorBridge.handle(input, this.#now)
    this.#identity = new IdentityGuard({ ...parts, detect })
    this.#factHandler = new FactHandler({
      ...parts,
      memberEvents: this.#memberEvents,
      detect,
      onLocalRecord: fact => this.#localRecordArrived(fact),
      onLocalHeartbeat: fact => this.#identity.heartbeat(fact, this.#now.monotonicMs),
    })
    this.#syncHandler = new SyncHandler({
      ...parts,
      factHandler: this.#factHandler,
      gracefulLeave: this.#gracefulLeave,
    })
  }

  /**
   * Announces this member. Call once, before any other method.
   *
   * @param change the changes of the local record since the machine was created
   */
  start(change: LocalChange, now: Instant): MachineEffect[] {
    return this.#step(now, () => {
      this.#detectorBridge.handle(
        { type: 'member', id: this.#self, incarnation: this.#localRecord.incarnation },
        this.#now,
      )
      this.#announceChange(change)
    })
  }

  /** Handles one input, and returns its effects in the order in which the host must carry them out. */
  handle(input: MachineInput, now: Instant): MachineEffect[] {
    return this.#step(now, () => {
      if (evidenceInputs.has(input.type)) this.#damping.received(now.monotonicMs)
      switch (input.type) {
        case 'rumors':
          for (const fact of input.facts) this.#factHandler.handle(fact, undefined, now)
          break
        case 'signed':
          if (input.fact.type === 'record') {
            this.#localRecord.signed = input.fact as RecordFact
            this.#memberEvents.markChanged(this.#self)
          }
          this.#factHandler.handle(input.fact, this.#self, now)
          break
        case 'sync':
          this.#detectorBridge.handle({ type: 'evidence', id: input.from }, this.#now)
          if (input.message.releasing) this.#overlay.releasedBy(input.from)
          this.#syncHandler.handle(input.from, input.message, input.facts, now)
          break
        case 'probe':
          if (
            input.message.type === 'ack' &&
            this.#roundTrips.ack(input.from, input.message.seq, now.monotonicMs)
          )
            this.#detectorBridge.handle({ type: 'evidence', id: input.from }, now)
          else this.#detectorBridge.handleProbe(input.from, input.message, now)
          break
        case 'connection':
          this.#wasConnected ||= input.state === 'open'
          this.#detectorBridge.connectionChanged(input.id, input.state, input.isOurs ?? false, now)
          if (this.#localRecord.leaving && input.state !== 'open')
            this.#gracefulLeave.acknowledgedBy(input.id)
          break
        case 'bootstrap-connected':
          this.#overlay.bootstrapped(input.address, input.id)
          break
        case 'bootstrap-failed':
          this.#overlay.bootstrapFailed(input.address)
          break
        case 'evidence':
          this.#detectorBridge.handle({ type: 'evidence', id: input.id }, this.#now)
          break
        case 'silent-pubsub':
          for (const id of this.#silentPubsub.takeOverdue(input.ids, now.monotonicMs))
            this.#effectQueue.push({ type: 'disconnect', id })
          break
        case 'extra-peers':
          this.#overlay.setExtraPeers(input.ids)
          break
        case 'relays':
          this.#overlay.setRelays(input.ids)
          break
        case 'local-change':
          // A leaving member publishes no further record.
          if (!this.#localRecord.leaving && this.#localRecord.isChangedBy(input.change))
            this.#announceChange(input.change)
          break
        case 'network-changed':
          this.#overlay.networkChanged(now.monotonicMs)
          break
        case 'measure-round-trips':
          this.#measure()
          break
        case 'suspended':
          this.#detectorBridge.handle({ type: 'suspended', ms: input.ms }, this.#now)
          break
        case 'leave':
          if (!this.#localRecord.leaving)
            this.#announcer.announceChange({ leaving: true, leftEpochMs: now.epochMs })
          break
      }
    })
  }

  /** Runs all work that is due. Call at `deadlineMs()` or soon after. */
  advance(now: Instant): MachineEffect[] {
    return this.#step(now, () => {
      const nowMs = now.monotonicMs
      this.#detectorBridge.advance(now)
      if (this.#localRecord.leaving) return
      this.#identity.advance(nowMs)
      if (!isPlausibleTimestamp(this.#localRecord.incarnation, now.epochMs)) this.#detectorBridge.restart(now)
      if (nowMs >= this.#antiEntropy.dueMs) this.#detectorBridge.startSync(1, now)
      if (nowMs >= this.#announcer.heartbeatDueMs) this.#detectorBridge.heartbeatDue(now)
      if (nowMs >= this.#memberEvents.sweepDueMs) this.#removeMembers(this.#memberEvents.sweep(now))
      for (const action of this.#overlay.advance(nowMs)) {
        if (action.type === 'dial') this.#overlay.dialling(action.id, nowMs)
        if (action.type === 'disconnect')
          this.#effectQueue.sendSyncSteps([{ to: action.id, message: syncMessage({ releasing: true }) }])
        this.#effectQueue.push(action)
      }
    })
  }

  /** When to call `advance`, in monotonic milliseconds. */
  deadlineMs(): number {
    if (this.#localRecord.leaving) return this.#rumors.deadlineMs()
    return Math.min(
      this.#detector.deadlineMs(),
      this.#rumors.deadlineMs(),
      this.#antiEntropy.dueMs,
      this.#announcer.heartbeatDueMs,
      this.#memberEvents.sweepDueMs,
      this.#identity.nextMs(),
      this.#damping.nextMs(),
      this.#overlay.deadlineMs(),
    )
  }

  /**
   * All members as an app sees them, this one included, ordered by id. Returns the same array until a member
   * changes.
   */
  members(): readonly Member[] {
    return this.#memberView.snapshot()
  }

  member(id: string): Member | undefined {
    return this.#memberView.get(id)
  }

  isSelf(id: string): boolean {
    return id === this.#self
  }

  /** Whether this member is a page in the background: then late timers are no sign of a local pause. */
  get isHidden(): boolean {
    return this.#localRecord.isHidden
  }

  /** Whether a member was alive here in some incarnation. */
  wasAlive(id: string): boolean {
    return this.#memberView.wasAlive(id)
  }

  /**
   * Whether this member's view of the cluster matches that of other members. Both conditions must be true:
   * - The tables were compared with another member, or no member was connected within 1 s after the start.
   * - Each dial of a bootstrap address has led to a connection or failed.
   *
   * 10 s after the start, pending bootstrap dials no longer count. If all connections closed before tables
   * were compared, the condition about tables is also true after 10 s.
   */
  isSettled(now: Instant): boolean {
    const sinceMs = now.monotonicMs - this.#startedMs
    if (this.#overlay.awaitsBootstrap && sinceMs < maxBootstrapMs) return false
    if (this.#antiEntropy.hasCompared) return true
    return (
      this.#overlay.connected().length === 0 &&
      sinceMs >= (this.#wasConnected ? maxBootstrapMs : unconnectedMs)
    )
  }

  get table(): Table {
    return this.#table
  }

  get detector(): Detector {
    return this.#detector
  }

  get overlay(): Overlay {
    return this.#overlay
  }

  /** When the last heartbeat of this member arrived, in epoch milliseconds; undefined if none arrived. */
  lastHeartbeatEpochMs(id: string): number | undefined {
    return this.#heartbeatArrivals.receivedEpochMs(id)
  }

  /** The round-trip time to a connected member in milliseconds; undefined if none was measured. */
  roundTripMs(id: string): number | undefined {
    return this.#roundTrips.least(id)
  }

  health(): MemberHealth {
    const visible = this.#memberView.count('alive', 'suspect')
    return {
      localHealth: this.#detector.localHealth(),
      pauses: this.#detectorBridge.pauses,
      visible,
      known: visible + this.#memberView.count('dead'),
      refutedSuspicions: this.#damping.refuted,
      identityCopied: this.#identity.isCopied,
      partitionSuspected: this.#partition.suspected(visible, this.#now.monotonicMs),
      connections: this.#overlay.connected().length,
      full: this.#table.capacity.free === 0,
    }
  }

  usage(): ResourceUsage {
    return resourceUsageOf(
      this.#table,
      this.#heartbeatArrivals,
      this.#roundTrips,
      this.#rumors,
      this.#antiEntropy,
      this.#overlay,
    )
  }

  #announceChange(change: LocalChange): void {
    this.#announcer.announceChange(change)
    if (change.attention)
      this.#detectorBridge.handle({ type: 'timers', areLate: this.#localRecord.isHidden }, this.#now)
  }

  #measure(): void {
    const ping = this.#roundTrips.ping(this.#overlay.connected(), this.#now.monotonicMs)
    if (ping) this.#effectQueue.push({ type: 'send-probe', ...ping })
  }

  #step(now: Instant, act: () => void): MachineEffect[] {
    this.#now = now
    act()
    this.#memberEvents.emitChanges(now)
    this.#removeMembers(this.#memberEvents.freeCapacity())
    this.#detectorBridge.updateSubjects(now)
    for (const facts of this.#rumors.take(now.monotonicMs)) this.#effectQueue.push({ type: 'publish', facts })
    return this.#effectQueue.take()
  }

  #localRecordArrived(fact: RecordFact): void {
    const nowMs = this.#now.monotonicMs
    const isForeign = this.#identity.record(fact, nowMs)
    if (!isForeign && fact.record.leaving) this.#gracefulLeave.begin(fact, nowMs)
  }

  /** Removes the dropped members from the other parts. */
  #removeMembers(ids: readonly string[]): void {
    for (const id of ids) {
      this.#heartbeatArrivals.forget(id)
      this.#detectorBridge.handle({ type: 'forget', id }, this.#now)
    }
  }
}
