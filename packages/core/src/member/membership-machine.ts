/**
 * Membership machine: one member of a cluster as a state machine without I/O, timers and clocks.
 *
 * All facts arrive signed and verified, including this member's own. Each call gets the current time and returns the
 * effects for the host to carry out. The same inputs at the same instants give the same effects.
 */
import type { Detector, ProbeMessage } from '@hearsay/failure-detector'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Policy } from '../policy/policy.ts'
import type { RecordFact } from '../table/row.ts'
import type { Table } from '../table/table.ts'
import type { PolicyFact } from '../wire/fact.ts'
import { forgetMembers, nextDueMs, runDueWork } from './due-work.ts'
import type { FactFilter } from './fact-filter.ts'
import type { LocalChange } from './local-record.ts'
import type { MachineEffect, MachineInput } from './machine-io.ts'
import type { Member } from './member.ts'
import { type MemberHealth, memberHealthOf } from './member-health.ts'
import { createMemberParts, type MemberParts, type MemberPartsOptions } from './member-parts.ts'
import { type ResourceUsage, resourceUsageOf } from './resource-usage.ts'

export interface MembershipMachineOptions extends Omit<MemberPartsOptions, 'prior'> {
  /** The initial state: another machine, which must not be used any more. See {@link MemberPartsOptions.prior}. */
  readonly prior?: MembershipMachine
}

/** One member: call `start` once, then `handle` for each input and `advance` at each deadline. */
export class MembershipMachine {
  readonly #self: string
  readonly #parts: MemberParts
  #now: Instant

  constructor({ prior, ...options }: MembershipMachineOptions, now: Instant) {
    this.#self = options.self
    this.#now = now
    this.#parts = createMemberParts({ ...options, ...(prior && { prior: prior.#parts }) }, now)
  }

  /**
   * Announces this member. Call once, before any other method.
   *
   * @param change the changes of the local record since the machine was created
   */
  start(change: LocalChange, now: Instant): MachineEffect[] {
    const { detectorBridge, localRecord } = this.#parts
    return this.#step(now, () => {
      detectorBridge.handle({ type: 'member', id: this.#self, incarnation: localRecord.incarnation }, now)
      this.#announceChange(change)
    })
  }

  /**
   * A message of a peer arrived, also if it contains nothing new: evidence that the peer is alive.
   *
   * @returns the effects; none if the peer was not suspected, so that most messages cost no step
   */
  received(from: string, now: Instant): MachineEffect[] {
    const { damping, detectorBridge } = this.#parts
    damping.received(now.monotonicMs)
    const hasEffects = detectorBridge.handle({ type: 'evidence', id: from }, now)
    return hasEffects ? this.#step(now, () => {}) : []
  }

  /** Handles one input, and returns its effects in the order in which the host must carry them out. */
  handle(input: MachineInput, now: Instant): MachineEffect[] {
    return this.#step(now, () => this.#dispatch(input, now))
  }

  /** Runs all work that is due. Call at `deadlineMs()` or soon after. */
  advance(now: Instant): MachineEffect[] {
    return this.#step(now, () => runDueWork(this.#parts, now))
  }

  /** When to call `advance`, in monotonic milliseconds. */
  deadlineMs(): number {
    return nextDueMs(this.#parts, this.#now)
  }

  /**
   * All members as an app sees them, this one included, ordered by id. Returns the same array until a member
   * changes.
   */
  members(): readonly Member[] {
    return this.#parts.memberView.snapshot()
  }

  member(id: string): Member | undefined {
    return this.#parts.memberView.get(id)
  }

  /** The encoded grants of this member; undefined in a cluster without an authority. */
  get ownGrants(): Uint8Array | undefined {
    return this.#parts.localRecord.grants
  }

  isSelf(id: string): boolean {
    return id === this.#self
  }

  /** Whether this member is a page in the background. If so, late timers are no sign of a local pause. */
  get isHidden(): boolean {
    return this.#parts.localRecord.isHidden
  }

  /** Whether this member has ever seen the other one alive, in any incarnation. */
  wasAlive(id: string): boolean {
    return this.#parts.memberView.wasAlive(id)
  }

  /** Whether this member's view of the cluster matches that of other members. `Startup.isSettled` states the rule. */
  isSettled(now: Instant): boolean {
    return this.#parts.startup.isSettled(now.monotonicMs)
  }

  get table(): Table {
    return this.#parts.table
  }

  /** The facts about the cluster. */
  get policy(): Policy {
    return this.#parts.policy
  }

  /** Adds the policy facts that an earlier process stored. Call before `start`. */
  restorePolicy(facts: readonly PolicyFact[], { epochMs }: Instant): void {
    this.#parts.policy.restore(facts, epochMs)
    this.#parts.expulsions?.revocationsChanged()
  }

  /** Decides which received facts are verified and delivered. */
  get factFilter(): FactFilter {
    return this.#parts.factFilter
  }

  get detector(): Detector {
    return this.#parts.detector
  }

  get overlay(): Overlay {
    return this.#parts.overlay
  }

  /** When the last heartbeat of this member arrived, in epoch milliseconds; undefined if none arrived. */
  lastHeartbeatEpochMs(id: string, now: Instant): number | undefined {
    return this.#parts.heartbeatArrivals.receivedEpochMs(id, now)
  }

  /** The round-trip time to a connected member in milliseconds; undefined if none was measured. */
  roundTripMs(id: string): number | undefined {
    return this.#parts.roundTrips.least(id)
  }

  /** For how long a member has not answered this member's own probes, in milliseconds; undefined if it does. */
  indirectMs(id: string, nowMs: number): number | undefined {
    return this.#parts.detectorBridge.indirectMs(id, nowMs)
  }

  /** The time in local pauses since the start. */
  get pausedMs(): number {
    return this.#parts.detectorBridge.pausedMs
  }

  health(): MemberHealth {
    return memberHealthOf(this.#parts, this.#self, this.#now)
  }

  usage(): ResourceUsage {
    return resourceUsageOf(this.#parts)
  }

  #dispatch(input: MachineInput, now: Instant): void {
    const { factHandler, syncHandler, connectionHandler, detectorBridge, gracefulLeave, memberEvents } =
      this.#parts
    const { localRecord, announcer, overlay, silentPubsub, startup, effectQueue } = this.#parts
    switch (input.type) {
      case 'rumors':
        for (const fact of input.facts) factHandler.handle(fact, undefined, now, input.from)
        break
      case 'signed':
        if (input.fact.type === 'record') {
          localRecord.signed = input.fact as RecordFact
          memberEvents.markChanged(this.#self)
        }
        factHandler.handle(input.fact, this.#self, now)
        break
      case 'policy':
        factHandler.handle(input.fact, this.#self, now)
        break
      case 'sync':
        if (input.message.releasing) overlay.releasedBy(input.from)
        syncHandler.handle(input.from, input.message, input.facts, now)
        break
      case 'probe':
        this.#probe(input.from, input.message, now)
        break
      case 'connection':
        if (input.state === 'open') startup.connected()
        connectionHandler.handle(input.id, input.state, input.isOurs ?? false, now)
        if (localRecord.leaving && input.state !== 'open') gracefulLeave.acknowledgedBy(input.id)
        break
      case 'bootstrap-connected':
        overlay.bootstrapped(input.address, input.id)
        break
      case 'bootstrap-failed':
        overlay.bootstrapFailed(input.address)
        break
      case 'silent-pubsub':
        for (const id of silentPubsub.takeOverdue(input.ids, now.monotonicMs))
          effectQueue.push({ type: 'disconnect', id })
        break
      case 'connect-now':
        if (overlay.mayDialNow(input.id)) effectQueue.push(overlay.dial(input.id, now.monotonicMs))
        break
      case 'extra-peers':
        overlay.setExtraPeers(input.ids)
        break
      case 'relays':
        overlay.setRelays(input.ids)
        break
      case 'local-change':
        // A leaving member publishes no further record.
        if (!localRecord.leaving && localRecord.isChangedBy(input.change)) this.#announceChange(input.change)
        break
      case 'network-changed':
        overlay.networkChanged(now.monotonicMs)
        break
      case 'measure-round-trips':
        this.#measure()
        break
      case 'suspended':
        detectorBridge.handle({ type: 'suspended', ms: input.ms }, now)
        break
      case 'resumed':
        if (!localRecord.leaving && localRecord.isAsleep) this.#wake(now)
        break
      case 'leave':
        if (localRecord.leaving) break
        memberEvents.persistCachedPeers()
        announcer.announceChange({ leaving: true, leftEpochMs: now.epochMs })
        break
    }
  }

  /** An ack that answers a ping of `RoundTrips` is not for the detector, but it shows that the member is alive. */
  #probe(from: string, message: ProbeMessage, now: Instant): void {
    const { damping, roundTrips, detectorBridge } = this.#parts
    damping.received(now.monotonicMs)
    if (message.type === 'ack' && roundTrips.ack(from, message.seq, now.monotonicMs))
      detectorBridge.handle({ type: 'evidence', id: from }, now)
    else detectorBridge.handleProbe(from, message, now)
  }

  #announceChange(change: LocalChange): void {
    const { announcer, detectorBridge, localRecord } = this.#parts
    announcer.announceChange(change)
    if (change.attention) detectorBridge.handle({ type: 'timers', areLate: localRecord.isHidden }, this.#now)
  }

  /**
   * The member treats the sleep as a suspension, even if no clock shows one: on Windows the monotonic clock continues
   * during a suspension.
   */
  #wake(now: Instant): void {
    const { detectorBridge } = this.#parts
    const asleepMs = now.epochMs - (this.member(this.#self)?.attention.sinceMs ?? now.epochMs)
    this.#announceChange({ attention: { state: 'full', leaseMs: 0 } })
    detectorBridge.handle({ type: 'suspended', ms: Math.max(0, asleepMs) }, now)
  }

  #measure(): void {
    const { roundTrips, overlay, effectQueue } = this.#parts
    const ping = roundTrips.ping(overlay.connected(), this.#now.monotonicMs)
    if (ping) effectQueue.push({ type: 'send-probe', ...ping })
  }

  #step(now: Instant, act: () => void): MachineEffect[] {
    const { memberEvents, departedMembers, detectorBridge, rumors, effectQueue, expulsions } = this.#parts
    this.#now = now
    act()
    // The members whose grants have ended.
    if (expulsions && now.monotonicMs >= expulsions.dueMs(now))
      forgetMembers(this.#parts, expulsions.expel(now), now)
    memberEvents.emitChanges(now)
    forgetMembers(this.#parts, departedMembers.freeCapacity(), now)
    detectorBridge.updateSubjects(now)
    for (const facts of rumors.take(now.monotonicMs)) effectQueue.push({ type: 'publish', facts })
    return effectQueue.take()
  }
}
