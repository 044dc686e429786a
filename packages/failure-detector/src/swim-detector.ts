/**
 * SWIM detector: passes each input to the part that handles it.
 *
 * The detector itself decides only the order of the parts, and whether a grace period or a lease defers a suspicion.
 */
import { AttentionLeases } from './attention-leases.ts'
import { ConnectionHandler } from './connection-handler.ts'
import { ConnectionTracker } from './connection-tracker.ts'
import type { Detector } from './detector.ts'
import type { DetectorEffect } from './effect.ts'
import { Heartbeats } from './heartbeats.ts'
import type { DetectorInput } from './input.ts'
import { LocalPause } from './local-pause.ts'
import { type Member, MemberList } from './member-list.ts'
import { applyToMember, compareIncarnation, type MemberParts } from './member-transitions.ts'
import type { DetectorParameters } from './parameters.ts'
import type { ProbeMessage } from './probe-message.ts'
import { ProbeScheduler } from './probe-scheduler.ts'
import { Refutation } from './refutation.ts'
import { type DetectorStatus, statusOf } from './status.ts'
import { SuspicionTimers } from './suspicion-timers.ts'

export class SwimDetector implements Detector {
  readonly #self: string
  readonly #random: () => number
  readonly #parameters: DetectorParameters
  readonly #memberList: MemberList
  readonly #memberParts: MemberParts
  readonly #connections: ConnectionTracker
  readonly #connectionHandler: ConnectionHandler
  readonly #localPause: LocalPause
  readonly #suspicionTimers: SuspicionTimers
  readonly #leases: AttentionLeases
  readonly #probeScheduler: ProbeScheduler
  readonly #refutation: Refutation
  readonly #heartbeats: Heartbeats
  #effects: DetectorEffect[] = []
  #tickMs = Infinity

  constructor(
    self: string,
    random: () => number,
    parameters: DetectorParameters,
    order: 'given' | 'shuffled',
    prior: SwimDetector | undefined,
  ) {
    const memberList = new MemberList(self, prior && prior.#memberList)
    this.#memberList = memberList
    this.#self = self
    this.#random = random
    this.#parameters = parameters
    this.#connections = new ConnectionTracker(parameters)
    this.#leases = new AttentionLeases(this.#connections)
    this.#localPause = new LocalPause(parameters)
    const emit = (effect: DetectorEffect): void => {
      this.#effects.push(effect)
    }
    this.#suspicionTimers = new SuspicionTimers(self, parameters, memberList, emit)
    this.#refutation = new Refutation(parameters)
    this.#heartbeats = new Heartbeats(parameters, random)
    this.#probeScheduler = new ProbeScheduler({
      self,
      parameters,
      random,
      order,
      memberList,
      connections: this.#connections,
      send: (to, message) => this.#send(to, message),
      acceptsProxyAck: (id, nowMs) => !this.#heartbeats.isOverdue(id, nowMs),
    })
    this.#memberParts = {
      suspicionTimers: this.#suspicionTimers,
      leases: this.#leases,
      probeScheduler: this.#probeScheduler,
      heartbeats: this.#heartbeats,
    }
    this.#connectionHandler = new ConnectionHandler({
      tracker: this.#connections,
      localPause: this.#localPause,
      memberList,
      memberParts: this.#memberParts,
      emit,
    })
  }

  handle(input: DetectorInput, nowMs: number): DetectorEffect[] {
    // Every call checks for a pause, because the host may read sockets before timers run.
    this.#detectLocalPause(nowMs)
    this.#dispatch(input, nowMs)
    this.#refute(nowMs)
    return this.#flush()
  }

  advance(nowMs: number): DetectorEffect[] {
    this.#detectLocalPause(nowMs)
    const { probed, failedForOthers } = this.#probeScheduler.advance(nowMs)
    for (const { subject } of probed) this.#suspectIfAllowed(this.#memberList.get(subject), nowMs)
    for (const subject of failedForOthers) this.#confirmSuspicion(this.#memberList.get(subject), nowMs)
    for (const member of this.#leases.takeExpired(nowMs, nowMs < this.graceUntilMs())) {
      this.#suspicionTimers.rearm(member)
      // The probe that began when the connection closed may have failed meanwhile. The lease excused that
      // failure.
      this.#probeScheduler.allowProbeNow(member)
      this.#probeScheduler.probeNow(member, nowMs)
    }
    this.#refute(nowMs)
    for (const member of this.#suspicionTimers.takeDue(nowMs, member => this.#deferredUntilMs(member)))
      applyToMember(this.#memberParts, member, 'deadline', undefined, nowMs)
    if (nowMs >= this.#tickMs) this.#tick(nowMs)
    return this.#flush()
  }

  deadlineMs(): number {
    return Math.min(
      this.#tickMs,
      this.#probeScheduler.nextMs(),
      this.#suspicionTimers.nextMs(),
      this.#leases.nextMs(),
      this.#refutation.nextMs(),
    )
  }

  status(id: string): DetectorStatus | undefined {
    const member = this.#memberList.get(id)
    return member && statusOf(member, this.#deferredUntilMs(member))
  }

  phi(id: string, nowMs: number): number | undefined {
    return this.#heartbeats.phi(id, nowMs)
  }

  localHealth(): number {
    return this.#probeScheduler.health.score
  }

  graceUntilMs(): number {
    return Math.max(this.#localPause.graceUntilMs, this.#connections.graceUntilMs)
  }

  subjects(): readonly string[] {
    return this.#probeScheduler.subjects
  }

  #dispatch(input: DetectorInput, nowMs: number): void {
    switch (input.type) {
      case 'member':
        if (input.id === this.#self) this.#refutation.raised(input.incarnation)
        else this.#member(input, nowMs)
        this.#beginTicking(nowMs)
        break
      case 'left':
        this.#left(input.id, input.incarnation, nowMs)
        break
      case 'forget':
        this.#forget(input.id, nowMs)
        break
      case 'subjects':
        this.#probeScheduler.replaceSubjects(input.subjects)
        break
      case 'suspicion': {
        const { subject, incarnation, observer, refused } = input
        if (subject === this.#self) this.#refutation.claim(incarnation, observer, refused, nowMs)
        else this.#suspicion(subject, incarnation, observer, refused, nowMs)
        break
      }
      case 'evidence':
        this.#connectionHandler.handle(input.id, 'byte', nowMs)
        break
      case 'message':
        this.#message(input.from, input.message, nowMs)
        break
      case 'connection':
        this.#connectionHandler.handle(input.id, input.state, nowMs)
        break
      case 'heartbeat':
        if (this.#memberList.has(input.id))
          this.#heartbeats.record(input.id, input.incarnation, input.sequence, nowMs)
        break
      case 'heartbeat-interval':
        this.#heartbeats.expectInterval(input.ms)
        break
      case 'timers':
        this.#localPause.timersAreLate = input.areLate
        break
      case 'suspended':
        this.#resumeAfterPause(input.ms, nowMs)
        break
    }
  }

  #member(record: DetectorInput & { type: 'member' }, nowMs: number): void {
    const member = this.#memberList.find(record.id)
    applyToMember(this.#memberParts, member, compareIncarnation(member, record.incarnation), record, nowMs)
  }

  #beginTicking(nowMs: number): void {
    // Members that start at the same time must not probe at the same time.
    if (this.#tickMs === Infinity && this.#memberList.clusterSize > 1)
      this.#tickMs = nowMs + this.#random() * this.#parameters.probeIntervalMs
  }

  #left(id: string, incarnation: number, nowMs: number): void {
    if (id === this.#self) return
    const member = this.#memberList.find(id)
    const input = compareIncarnation(member, incarnation) === 'older' ? 'older' : 'left'
    applyToMember(this.#memberParts, member, input, { incarnation }, nowMs)
  }

  #forget(id: string, nowMs: number): void {
    if (id === this.#self) this.#refutation.forget()
    applyToMember(this.#memberParts, this.#memberList.find(id), 'forget', undefined, nowMs)
    this.#probeScheduler.drop(id)
    this.#connections.forget(id)
    this.#heartbeats.forget(id)
  }

  #suspicion(subject: string, incarnation: number, observer: string, refused: boolean, nowMs: number): void {
    const member = this.#memberList.get(subject)
    // A suspicion of a smaller incarnation is refuted already. For a greater incarnation the signed record is missing:
    // the host passes the suspicion again after the record.
    if (member === undefined || incarnation !== member.incarnation) return
    applyToMember(this.#memberParts, member, 'suspicion', { observer, refused }, nowMs)
    if (this.#probeScheduler.failedIndirectProbe(member, nowMs)) this.#confirmSuspicion(member, nowMs)
    else if (this.#probeScheduler.isSubject(subject)) this.#probeScheduler.probeNow(member, nowMs)
  }

  #message(from: string, message: ProbeMessage, nowMs: number): void {
    switch (message.type) {
      case 'ping':
        this.#send(from, { type: 'ack', seq: message.seq })
        if (message.suspected !== undefined) this.#refutation.claim(message.suspected, from, false, nowMs)
        this.#connectionHandler.handle(from, 'byte', nowMs)
        break
      case 'ack':
        // A late ack is no evidence either: it answers an earlier probe.
        if (this.#probeScheduler.ack(from, message.seq, nowMs))
          this.#connectionHandler.handle(from, 'byte', nowMs)
        break
      case 'ping-request':
        this.#probeScheduler.handleIndirectProbe(from, message.seq, message.subject, nowMs)
        this.#connectionHandler.handle(from, 'byte', nowMs)
        break
      case 'nack':
        this.#probeScheduler.nack(from, message.seq)
        this.#connectionHandler.handle(from, 'byte', nowMs)
        break
    }
  }

  /**
   * This detector has evidence against a member, and suspects the member unless a grace period or a lease defers that.
   */
  #suspectIfAllowed(member: Member | undefined, nowMs: number): void {
    if (member !== undefined && nowMs >= this.#deferredUntilMs(member))
      applyToMember(this.#memberParts, member, 'failed', { refused: false }, nowMs)
  }

  /** Suspects a member that another member suspects, too, if an indirect probe by this detector failed. */
  #confirmSuspicion(member: Member | undefined, nowMs: number): void {
    if (member?.state.type === 'suspect' && this.#probeScheduler.failedIndirectProbe(member, nowMs))
      this.#suspectIfAllowed(member, nowMs)
  }

  /** Until when this detector neither suspects the member nor declares it dead. Monotonic ms. */
  #deferredUntilMs(member: Member): number {
    return Math.max(this.graceUntilMs(), member.lease.untilMs, member.awaitedUntilMs)
  }

  #tick(nowMs: number): void {
    this.#connectionHandler.tick(nowMs)
    for (const id of this.#heartbeats.takeOverdue(nowMs))
      if (!this.#probeScheduler.isSubject(id)) this.#suspectIfAllowed(this.#memberList.get(id), nowMs)
    this.#probeScheduler.probeNext(nowMs)
    this.#tickMs = this.#memberList.clusterSize > 1 ? nowMs + this.#probeScheduler.intervalMs : Infinity
  }

  #refute(nowMs: number): void {
    const refuted = this.#refutation.takeDue(nowMs)
    if (refuted === undefined) return
    this.#probeScheduler.health.refuted(refuted.observer, nowMs)
    this.#effects.push({ type: 'refute', incarnation: refuted.incarnation })
  }

  #detectLocalPause(nowMs: number): void {
    const ms = this.#localPause.recordCall(nowMs, this.deadlineMs())
    if (this.#localPause.isPause(ms)) this.#resumeAfterPause(ms, nowMs)
    else this.#probeScheduler.timerLate(ms)
  }

  #resumeAfterPause(ms: number, nowMs: number): void {
    if (!this.#localPause.resumed(nowMs)) return
    this.#probeScheduler.dropAll()
    this.#probeScheduler.health.change(+1)
    this.#heartbeats.skipTo(nowMs)
    if (this.#tickMs !== Infinity) this.#tickMs = nowMs
    this.#effects.push({ type: 'paused', ms })
  }

  #send(to: string, message: ProbeMessage): void {
    this.#effects.push({ type: 'send', to, message })
  }

  #flush(): DetectorEffect[] {
    const effects = this.#effects
    this.#effects = []
    return effects
  }
}
