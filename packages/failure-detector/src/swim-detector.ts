import type { Attention } from './attention.ts'
import { AttentionLeases } from './attention-leases.ts'
import { ConnectionTracker } from './connection-tracker.ts'
import type { Detector } from './detector.ts'
import type { DetectorEffect } from './effect.ts'
import { Heartbeats } from './heartbeats.ts'
import type { ConnectionEvent, DetectorInput } from './input.ts'
import { LocalPause, lateMs } from './local-pause.ts'
import { isLiving, type Member, MemberList } from './member-list.ts'
import type { DetectorParameters } from './parameters.ts'
import type { ProbeMessage } from './probe-message.ts'
import { ProbeScheduler } from './probe-scheduler.ts'
import { Refutation } from './refutation.ts'
import { type DetectorStatus, statusOf } from './status.ts'
import { SuspicionTimers } from './suspicion-timers.ts'

/** Machine: hands each input to the part whose business it is, and decides only in which order things happen. */
export class SwimDetector implements Detector {
  readonly #self: string
  readonly #random: () => number
  readonly #parameters: DetectorParameters
  readonly #memberList: MemberList
  readonly #connections: ConnectionTracker
  readonly #localPause: LocalPause
  readonly #suspicionTimers: SuspicionTimers
  readonly #leases: AttentionLeases
  readonly #probeScheduler: ProbeScheduler
  readonly #refutation: Refutation
  readonly #heartbeats: Heartbeats
  #effects: DetectorEffect[] = []
  #tickMs = Infinity
  #lastCallMs = -Infinity

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
    this.#suspicionTimers = new SuspicionTimers(self, parameters, memberList, effect =>
      this.#effects.push(effect),
    )
    this.#refutation = new Refutation(parameters)
    this.#heartbeats = new Heartbeats(parameters, random)
    const send = (to: string, message: ProbeMessage): void => this.#send(to, message)
    const acceptsProxyAck = (id: string, nowMs: number): boolean => !this.#heartbeats.isOverdue(id, nowMs)
    this.#probeScheduler = new ProbeScheduler({
      self,
      parameters,
      random,
      order,
      memberList,
      links: this.#connections,
      send,
      acceptsProxyAck,
    })
  }

  handle(input: DetectorInput, nowMs: number): DetectorEffect[] {
    // Sockets may be read before timers run: a stall is noticed by whichever call comes first.
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
      this.#probeScheduler.probeNow(member, nowMs)
    }
    this.#refute(nowMs)
    const dead = this.#suspicionTimers.expire(nowMs, member => this.#deferredUntilMs(member))
    for (const { id } of dead) this.#probeScheduler.drop(id)
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
        else this.#member(input.id, input.incarnation, input.attention, nowMs)
        this.#beginTicking(nowMs)
        break
      case 'left':
        this.#left(input.id, input.incarnation)
        break
      case 'forget':
        this.#forget(input.id)
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
        this.#received(input.id, nowMs)
        break
      case 'message':
        this.#message(input.from, input.message, nowMs)
        break
      case 'connection':
        this.#connectionChanged(input.id, input.state, nowMs)
        break
      case 'heartbeat':
        if (this.#memberList.has(input.id))
          this.#heartbeats.record(input.id, input.incarnation, input.sequence, nowMs)
        break
      case 'heartbeat-interval':
        this.#heartbeats.setInterval(input.ms)
        break
      case 'timers':
        this.#localPause.timersAreLate = input.areLate
        break
      case 'suspended':
        this.#resumeAfterPause(input.ms, nowMs)
        break
    }
  }

  #member(id: string, incarnation: number, attention: Attention | undefined, nowMs: number): void {
    const known = this.#memberList.get(id)
    if (known !== undefined && incarnation < known.incarnation) return
    const member = known ?? this.#memberList.add(id, incarnation, { type: 'alive' })
    if (incarnation > member.incarnation) {
      this.#suspicionTimers.markAlive(member, incarnation)
      this.#probeScheduler.drop(id)
      // It spoke just now: the silence since its last beat, in an earlier incarnation, says nothing any more.
      this.#heartbeats.forget(id)
    }
    this.#leases.renew(member, attention, nowMs)
  }

  #beginTicking(nowMs: number): void {
    // Members that start together must not probe in step.
    if (this.#tickMs === Infinity && this.#memberList.clusterSize > 1)
      this.#tickMs = nowMs + this.#random() * this.#parameters.probeIntervalMs
  }

  #left(id: string, incarnation: number): void {
    const known = this.#memberList.get(id)
    if (id === this.#self || (known !== undefined && incarnation < known.incarnation)) return
    // Kept though it was never seen: the goodbye may have overtaken the join.
    const member = known ?? this.#memberList.add(id, incarnation, { type: 'left' })
    member.incarnation = incarnation
    this.#suspicionTimers.setState(member, { type: 'left' })
    this.#probeScheduler.drop(id)
  }

  #forget(id: string): void {
    if (id === this.#self) this.#refutation.forget()
    const member = this.#memberList.get(id)
    if (member !== undefined) {
      this.#leases.forget(member)
      this.#suspicionTimers.forget(member)
    }
    this.#probeScheduler.drop(id)
    this.#connections.forget(id)
    this.#heartbeats.forget(id)
  }

  #suspicion(subject: string, incarnation: number, observer: string, refused: boolean, nowMs: number): void {
    const member = this.#memberList.get(subject)
    // Below: refuted. Above: not a word of the member itself yet, and the host will repeat it.
    if (member === undefined || incarnation !== member.incarnation) return
    this.#leases.suspected(member)
    this.#suspicionTimers.addClaim(member, observer, refused, nowMs)
    if (this.#probeScheduler.failedIndirectProbe(member, nowMs)) this.#confirmSuspicion(member, nowMs)
    else if (this.#probeScheduler.isSubject(subject)) this.#probeScheduler.probeNow(member, nowMs)
  }

  #message(from: string, message: ProbeMessage, nowMs: number): void {
    switch (message.type) {
      case 'ping':
        this.#send(from, { type: 'ack', seq: message.seq })
        if (message.suspected !== undefined) this.#refutation.claim(message.suspected, from, false, nowMs)
        this.#received(from, nowMs)
        break
      case 'ack':
        // A late ack is no evidence either: it tells of the time of another probe.
        if (this.#probeScheduler.ack(from, message.seq, nowMs)) this.#received(from, nowMs)
        break
      case 'ping-request':
        this.#probeScheduler.handleIndirectProbe(from, message.seq, message.subject, nowMs)
        this.#received(from, nowMs)
        break
      case 'nack':
        this.#probeScheduler.nack(from, message.seq)
        this.#received(from, nowMs)
        break
    }
  }

  #connectionChanged(id: string, state: ConnectionEvent, nowMs: number): void {
    const member = this.#memberList.get(id)
    switch (state) {
      case 'open':
        if (this.#connections.opened(id, nowMs)) this.#heartbeats.skipTo(nowMs)
        if (member !== undefined) this.#leases.linkOpened(member)
        this.#received(id, nowMs)
        break
      case 'closed':
        this.#closed(id, nowMs)
        break
      case 'released':
        this.#connections.forget(id)
        break
      case 'refused':
        // While connected it was only the end of a second dial.
        if (!this.#connections.isOpen(id)) this.#refused(member, nowMs)
        break
      case 'unreachable':
        if (isLiving(member)) this.#probeScheduler.probeNow(member, nowMs)
        break
      case 'network-down':
        this.#connections.networkDown(id, nowMs)
        break
    }
  }

  #closed(id: string, nowMs: number): void {
    const member = this.#memberList.get(id)
    const wasOpen = this.#connections.closed(id, nowMs)
    if (wasOpen || this.#probeScheduler.isSubject(id)) this.#redial(member)
    if (wasOpen && member !== undefined) this.#leases.linkClosed(member, nowMs)
  }

  #refused(member: Member | undefined, nowMs: number): void {
    this.#connections.refused(nowMs)
    if (!isLiving(member)) return
    if (nowMs < this.#localPause.graceUntilMs) this.#probeScheduler.probeNow(member, nowMs)
    else this.#suspicionTimers.suspect(member, true, nowMs)
  }

  #redial(member: Member | undefined): void {
    if (isLiving(member)) this.#effects.push({ type: 'redial', id: member.id })
  }

  /** A byte came from `id` itself. */
  #received(id: string, nowMs: number): void {
    if (this.#connections.received(nowMs)) this.#heartbeats.skipTo(nowMs)
    const member = this.#memberList.get(id)
    if (member === undefined) return
    member.receivedMs = nowMs
    switch (member.state.type) {
      case 'alive':
      case 'left':
        return
      case 'suspect':
        this.#probeScheduler.probeNow(member, nowMs)
        break
      case 'dead':
        this.#probeScheduler.notifyDead(member, nowMs)
        break
    }
  }

  /** A probe found nobody. */
  #suspectIfAllowed(member: Member | undefined, nowMs: number): void {
    if (isLiving(member) && nowMs >= this.#deferredUntilMs(member))
      this.#suspicionTimers.suspect(member, false, nowMs)
  }

  /** Somebody suspects the member, and a ping of ours for somebody else was not answered either. */
  #confirmSuspicion(member: Member | undefined, nowMs: number): void {
    if (member?.state.type === 'suspect' && this.#probeScheduler.failedIndirectProbe(member, nowMs))
      this.#suspectIfAllowed(member, nowMs)
  }

  /** Until when this member gives no verdict on that one. */
  #deferredUntilMs(member: Member): number {
    return Math.max(this.graceUntilMs(), member.lease.untilMs)
  }

  #tick(nowMs: number): void {
    for (const id of this.#connections.tick(nowMs)) this.#redial(this.#memberList.get(id))
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
    const ms = lateMs(nowMs, this.deadlineMs(), this.#lastCallMs)
    this.#lastCallMs = nowMs
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
