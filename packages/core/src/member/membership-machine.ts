/**
 * Machine: one member of a cluster, without its sockets and clocks.
 *
 * Facts come in signed and verified, one's own by the same door as others'. Nothing here waits: what is to be
 * done is returned, and time comes in. The same inputs at the same instants give the same effects.
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
import { heartbeatIntervalMs } from './heartbeat-interval.ts'
import { HeartbeatArrivals } from './heartbeats.ts'
import { IdentityGuard } from './identity-guard.ts'
import { LocalAnnouncer } from './local-announcer.ts'
import { type LocalChange, LocalRecord } from './local-record.ts'
import type { MachineEffect, MachineInput } from './machine-io.ts'
import type { Member } from './member.ts'
import { MemberEvents } from './member-events.ts'
import type { MemberHealth } from './member-health.ts'
import { MemberView } from './member-view.ts'
import { PartitionDetector } from './partition-detector.ts'
import type { ResourceUsage } from './resource-usage.ts'
import { RoundTrips } from './round-trips.ts'
import { SyncHandler } from './sync-handler.ts'

/** A bootstrap address that neither answers nor fails is waited for so long. */
const maxBootstrapMs = 10_000
/** Without a connection: others on the local network may still be found. */
const unconnectedMs = 1_000

export interface MembershipMachineOptions {
  readonly self: string
  /** The first word about oneself: incarnation as `firstIncarnation` gives it, version 1. */
  readonly record: MemberRecord
  /** Multiaddrs to start from. */
  readonly bootstrap: readonly string[]
  /**
   * What everybody knew before this member came: another machine, which is not used any more. It is shared and never
   * written; what changes is kept beside it, so that thousands of members fit into one simulation.
   */
  readonly prior?: MembershipMachine
  /** Multiaddrs that an earlier life knew, tried while one is alone. @default [] */
  readonly cachedPeers?: readonly string[]
  readonly profile: 'local' | 'lan' | 'wan'
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  /** Our choice: 20,000. @default 20_000 */
  readonly maxMembers?: number
  /** Bytes of facts in one step of an exchange. @default 49_152 */
  readonly maxDeltaBytes?: number
  /** How long the dead and the left are told of. @default 86_400_000: a day */
  readonly retentionMs?: number
  /** Instead of the profile's. @default {} */
  readonly parameters?: Partial<DetectorParameters>
}

/** Inputs that a byte from another member causes. */
const evidenceInputs: ReadonlySet<MachineInput['type']> = new Set(['rumors', 'sync', 'probe', 'evidence'])

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
      own: this.#localRecord,
      announcer: this.#announcer,
      table: this.#table,
      detector: this.#detector,
      overlay: this.#overlay,
      membership: this.#memberView,
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

  /** The first word: to be called once, before anything else. @param change what became known of oneself since. */
  start(change: LocalChange, now: Instant): MachineEffect[] {
    return this.#step(now, () => {
      this.#detectorBridge.handle(
        { type: 'member', id: this.#self, incarnation: this.#localRecord.incarnation },
        this.#now,
      )
      this.#announceChange(change)
    })
  }

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
          // Its last word is the goodbye, and that is said once.
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

  /** To be called at `deadlineMs()` or soon after. */
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

  /** Monotonic milliseconds. */
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

  members(): readonly Member[] {
    return this.#memberView.snapshot()
  }

  member(id: string): Member | undefined {
    return this.#memberView.get(id)
  }

  isSelf(id: string): boolean {
    return id === this.#self
  }

  /** Its timers are late for that alone. */
  get isHidden(): boolean {
    return this.#localRecord.isHidden
  }

  /** Whether a member was alive here in some incarnation. */
  wasAlive(id: string): boolean {
    return this.#memberView.wasAlive(id)
  }

  /**
   * Whether this member's view of the cluster is one that others share: a member has compared its view with this one,
   * or nobody was connected within a second after the start; and no address to start from that was dialled has yet to
   * lead to a connection or fail. Ten seconds after the start neither such an address is waited for, nor a member whose
   * connection ended before views were compared.
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

  /** When its last beat arrived here. */
  lastHeartbeatEpochMs(id: string): number | undefined {
    return this.#heartbeatArrivals.receivedEpochMs(id)
  }

  /** To a connected member and back. */
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
    return {
      members: this.#table.size,
      tombstones: this.#table.tombstones,
      heartbeatArrivals: this.#heartbeatArrivals.size,
      roundTrips: this.#roundTrips.size,
      rumors: this.#rumors.size,
      syncPeers: this.#antiEntropy.size,
      connections: this.#overlay.connected().length,
      dials: this.#overlay.dials,
    }
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

  /** Those whom the roll call dropped. */
  #removeMembers(ids: readonly string[]): void {
    for (const id of ids) {
      this.#heartbeatArrivals.forget(id)
      this.#detectorBridge.handle({ type: 'forget', id }, this.#now)
    }
  }
}
