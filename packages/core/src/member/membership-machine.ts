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
  type DetectorKnobs,
  profiles,
} from '@hearsay/failure-detector'
import { Exchanges } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import { Overlay } from '../overlay/overlay.ts'
import { MuteWatch } from '../overlay/silent-pubsub-detector.ts'
import { RumorBuffer } from '../rumors/rumor-batcher.ts'
import { believable } from '../table/incarnation.ts'
import { type RecordFact, Table } from '../table/table.ts'
import { syncMessage } from '../wire/codec.ts'
import type { MemberRecord } from '../wire/fact.ts'
import { Detection } from './detector-bridge.ts'
import { Outbox } from './effect-queue.ts'
import { FactIntake } from './fact-handler.ts'
import { FlapDamping } from './flap-damping.ts'
import { Goodbye } from './graceful-leave.ts'
import { beatIntervalMs } from './heartbeat-interval.ts'
import { Pulses } from './heartbeats.ts'
import { IdentityGuard } from './identity-guard.ts'
import { OwnVoice } from './local-announcer.ts'
import { type OwnChange, OwnRecord } from './local-record.ts'
import type { MachineEffect, MachineInput } from './machine-io.ts'
import type { Member } from './member.ts'
import { RollCall } from './member-events.ts'
import type { MemberHealth } from './member-health.ts'
import { Membership } from './member-view.ts'
import { PartitionWatch } from './partition-detector.ts'
import type { Load } from './resource-usage.ts'
import { RoundTrips } from './round-trips.ts'
import { SyncIntake } from './sync-handler.ts'

/** A bootstrap address that neither answers nor fails is waited for so long. */
const maxBootstrapMs = 10_000
/** Without a connection: others on the local network may still be found. */
const aloneMs = 1_000

export interface MachineOptions {
  readonly self: string
  /** The first word about oneself: incarnation as `firstIncarnation` gives it, version 1. */
  readonly record: MemberRecord
  /** Multiaddrs to start from. */
  readonly bootstrap: readonly string[]
  /**
   * What everybody knew before this member came: another machine, which is not used any more. It is shared and never
   * written; what changes is kept beside it, so that thousands of members fit into one simulation.
   */
  readonly prior?: Machine
  /** Multiaddrs that an earlier life knew, tried while one is alone. @default [] */
  readonly acquaintances?: readonly string[]
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
  readonly knobs?: Partial<DetectorKnobs>
}

/** Inputs that a byte from another member causes. */
const arrived: ReadonlySet<MachineInput['type']> = new Set(['rumors', 'sync', 'probe', 'evidence'])

export class Machine {
  readonly #self: string
  readonly #own: OwnRecord
  readonly #voice: OwnVoice
  readonly #table: Table
  readonly #detector: Detector
  readonly #overlay: Overlay
  readonly #membership: Membership
  readonly #intake: FactIntake
  readonly #syncIntake: SyncIntake
  readonly #rollCall: RollCall
  readonly #detection: Detection
  readonly #goodbye: Goodbye
  readonly #identity: IdentityGuard
  readonly #exchanges: Exchanges
  readonly #rumors = new RumorBuffer()
  readonly #mute = new MuteWatch()
  readonly #partition = new PartitionWatch()
  readonly #damping: FlapDamping
  readonly #pulses = new Pulses()
  readonly #roundTrips: RoundTrips
  readonly #outbox = new Outbox()
  readonly #startedMs: number
  #wasLinked = false
  #now: Instant

  constructor(options: MachineOptions, now: Instant) {
    const { self, record, bootstrap, acquaintances = [], random, profile, prior } = options
    const { maxMembers = 20_000, maxDeltaBytes = 49_152, retentionMs = 86_400_000, knobs = {} } = options
    const nowMs = now.monotonicMs
    this.#now = now
    this.#startedMs = nowMs
    this.#self = self
    this.#own = new OwnRecord(record)
    this.#voice = new OwnVoice(
      self,
      this.#own,
      this.#outbox,
      nowMs + (prior ? random() * beatIntervalMs(prior.#table.size) : 0),
    )
    this.#table = new Table({ maxMembers, maxForgotten: maxMembers, prior: prior && prior.#table })
    this.#detector = createDetector({
      self,
      random,
      profile,
      knobs,
      ...(prior && { prior: prior.#detector }),
    })
    this.#overlay = new Overlay(
      { self, bootstrap, acquaintances, random, prior: prior && prior.#overlay },
      nowMs,
    )
    this.#membership = new Membership(self, prior && prior.#membership)
    this.#roundTrips = new RoundTrips(random)
    this.#damping = new FlapDamping(knobs.probeIntervalMs ?? profiles[profile].probeIntervalMs)
    this.#exchanges = new Exchanges(
      { table: this.#table, random, maxDeltaBytes, hasCompared: prior !== undefined },
      nowMs,
    )
    const parts = {
      self,
      own: this.#own,
      voice: this.#voice,
      table: this.#table,
      detector: this.#detector,
      overlay: this.#overlay,
      membership: this.#membership,
      exchanges: this.#exchanges,
      rumors: this.#rumors,
      partition: this.#partition,
      damping: this.#damping,
      pulses: this.#pulses,
      roundTrips: this.#roundTrips,
      outbox: this.#outbox,
    }
    this.#rollCall = new RollCall({ ...parts, retentionMs }, nowMs)
    this.#goodbye = new Goodbye(parts)
    this.#detection = new Detection({ ...parts, rollCall: this.#rollCall })
    const detect = (input: DetectorInput) => this.#detection.tell(input, this.#now)
    this.#identity = new IdentityGuard({ ...parts, detect })
    this.#intake = new FactIntake({
      ...parts,
      rollCall: this.#rollCall,
      detect,
      ownRecord: fact => this.#ownRecord(fact),
      ownHeartbeat: fact => this.#identity.heartbeat(fact, this.#now.monotonicMs),
    })
    this.#syncIntake = new SyncIntake({ ...parts, intake: this.#intake, goodbye: this.#goodbye })
  }

  /** The first word: to be called once, before anything else. @param change what became known of oneself since. */
  start(change: OwnChange, now: Instant): MachineEffect[] {
    return this.#step(now, () => {
      this.#detection.tell({ type: 'member', id: this.#self, incarnation: this.#own.incarnation }, this.#now)
      this.#present(change)
    })
  }

  handle(input: MachineInput, now: Instant): MachineEffect[] {
    return this.#step(now, () => {
      if (arrived.has(input.type)) this.#damping.received(now.monotonicMs)
      switch (input.type) {
        case 'rumors':
          for (const fact of input.facts) this.#intake.take(fact, undefined, now)
          break
        case 'signed':
          if (input.fact.type === 'record') {
            this.#own.signed = input.fact as RecordFact
            this.#rollCall.touch(this.#self)
          }
          this.#intake.take(input.fact, this.#self, now)
          break
        case 'sync':
          this.#detection.tell({ type: 'evidence', id: input.from }, this.#now)
          if (input.message.releasing) this.#overlay.releasedBy(input.from)
          this.#syncIntake.take(input.from, input.message, input.facts, now)
          break
        case 'probe':
          if (
            input.message.type === 'ack' &&
            this.#roundTrips.ack(input.from, input.message.seq, now.monotonicMs)
          )
            this.#detection.tell({ type: 'evidence', id: input.from }, now)
          else this.#detection.probed(input.from, input.message, now)
          break
        case 'link':
          this.#wasLinked ||= input.state === 'open'
          this.#detection.link(input.id, input.state, input.isOurs ?? false, now)
          if (this.#own.leaving && input.state !== 'open') this.#goodbye.heardBy(input.id)
          break
        case 'bootstrapped':
          this.#overlay.bootstrapped(input.address, input.id)
          break
        case 'bootstrap-failed':
          this.#overlay.bootstrapFailed(input.address)
          break
        case 'evidence':
          this.#detection.tell({ type: 'evidence', id: input.id }, this.#now)
          break
        case 'mute':
          for (const id of this.#mute.look(input.ids, now.monotonicMs))
            this.#outbox.push({ type: 'disconnect', id })
          break
        case 'near':
          this.#overlay.wantNear(input.ids)
          break
        case 'relays':
          this.#overlay.relayedBy(input.ids)
          break
        case 'change':
          // Its last word is the goodbye, and that is said once.
          if (!this.#own.leaving && this.#own.isChangedBy(input.change)) this.#present(input.change)
          break
        case 'network-changed':
          this.#overlay.networkChanged(now.monotonicMs)
          break
        case 'watched':
          this.#measure()
          break
        case 'slept':
          this.#detection.tell({ type: 'slept', ms: input.ms }, this.#now)
          break
        case 'leave':
          if (!this.#own.leaving) this.#voice.present({ leaving: true, leftEpochMs: now.epochMs })
          break
      }
    })
  }

  /** To be called at `deadlineMs()` or soon after. */
  advance(now: Instant): MachineEffect[] {
    return this.#step(now, () => {
      const nowMs = now.monotonicMs
      this.#detection.advance(now)
      if (this.#own.leaving) return
      this.#identity.advance(nowMs)
      if (!believable(this.#own.incarnation, now.epochMs)) this.#detection.beginAnew(now)
      if (nowMs >= this.#exchanges.dueMs) this.#detection.exchangeWith(1, now)
      if (nowMs >= this.#voice.beatDueMs) this.#detection.beat(now)
      if (nowMs >= this.#rollCall.sweepDueMs) this.#forget(this.#rollCall.sweep(now))
      for (const action of this.#overlay.advance(nowMs)) {
        if (action.type === 'dial') this.#overlay.dialling(action.id, nowMs)
        if (action.type === 'disconnect')
          this.#outbox.send([{ to: action.id, message: syncMessage({ releasing: true }) }])
        this.#outbox.push(action)
      }
    })
  }

  /** Monotonic milliseconds. */
  deadlineMs(): number {
    if (this.#own.leaving) return this.#rumors.deadlineMs()
    return Math.min(
      this.#detector.deadlineMs(),
      this.#rumors.deadlineMs(),
      this.#exchanges.dueMs,
      this.#voice.beatDueMs,
      this.#rollCall.sweepDueMs,
      this.#identity.nextMs(),
      this.#damping.nextMs(),
      this.#overlay.deadlineMs(),
    )
  }

  members(): readonly Member[] {
    return this.#membership.snapshot()
  }

  member(id: string): Member | undefined {
    return this.#membership.get(id)
  }

  isSelf(id: string): boolean {
    return id === this.#self
  }

  /** Its timers are late for that alone. */
  get isHidden(): boolean {
    return this.#own.isHidden
  }

  /** Whether a member was alive here in some incarnation. */
  wasAlive(id: string): boolean {
    return this.#membership.wasAlive(id)
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
    if (this.#exchanges.hasCompared) return true
    return this.#overlay.linked().length === 0 && sinceMs >= (this.#wasLinked ? maxBootstrapMs : aloneMs)
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
  heardEpochMs(id: string): number | undefined {
    return this.#pulses.heardEpochMs(id)
  }

  /** To a connected member and back. */
  roundTripMs(id: string): number | undefined {
    return this.#roundTrips.least(id)
  }

  health(): MemberHealth {
    const visible = this.#membership.count('alive', 'suspect')
    return {
      localHealth: this.#detector.localHealth(),
      stalls: this.#detection.stalls,
      visible,
      known: visible + this.#membership.count('dead'),
      refutedSuspicions: this.#damping.refuted,
      identityCopied: this.#identity.isCopied,
      partitionSuspected: this.#partition.suspected(visible, this.#now.monotonicMs),
      connections: this.#overlay.linked().length,
      full: this.#table.room.left === 0,
    }
  }

  load(): Load {
    return {
      members: this.#table.size,
      forgotten: this.#table.forgotten,
      pulses: this.#pulses.size,
      roundTrips: this.#roundTrips.size,
      rumors: this.#rumors.size,
      exchanges: this.#exchanges.size,
      links: this.#overlay.linked().length,
      dials: this.#overlay.dials,
    }
  }

  #present(change: OwnChange): void {
    this.#voice.present(change)
    if (change.attention) this.#detection.tell({ type: 'timers', areLate: this.#own.isHidden }, this.#now)
  }

  #measure(): void {
    const ping = this.#roundTrips.ping(this.#overlay.linked(), this.#now.monotonicMs)
    if (ping) this.#outbox.push({ type: 'send-probe', ...ping })
  }

  #step(now: Instant, act: () => void): MachineEffect[] {
    this.#now = now
    act()
    this.#rollCall.look(now)
    this.#forget(this.#rollCall.makeRoom())
    this.#detection.watchNeighbours(now)
    for (const facts of this.#rumors.take(now.monotonicMs)) this.#outbox.push({ type: 'publish', facts })
    return this.#outbox.take()
  }

  #ownRecord(fact: RecordFact): void {
    const nowMs = this.#now.monotonicMs
    const isForeign = this.#identity.record(fact, nowMs)
    if (!isForeign && fact.record.leaving) this.#goodbye.say(fact, nowMs)
  }

  /** Those whom the roll call dropped. */
  #forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.#pulses.forget(id)
      this.#detection.tell({ type: 'forget', id }, this.#now)
    }
  }
}
