import type { Attention } from './attention.ts'
import { Excuses } from './attention-leases.ts'
import { Links } from './connection-tracker.ts'
import type { Detector } from './detector.ts'
import type { DetectorEffect } from './effect.ts'
import { Heartbeats } from './heartbeats.ts'
import type { DetectorInput, LinkState } from './input.ts'
import { lateMs, OwnStall } from './local-pause.ts'
import { isLiving, type Member, Roster } from './member-list.ts'
import type { DetectorKnobs } from './parameters.ts'
import type { ProbeMessage } from './probe-message.ts'
import { Probing } from './probe-scheduler.ts'
import { Refutation } from './refutation.ts'
import { type DetectorStatus, statusOf } from './status.ts'
import { Verdicts } from './suspicion-timers.ts'

/** Machine: hands each input to the part whose business it is, and decides only in which order things happen. */
export class Machine implements Detector {
  readonly #self: string
  readonly #random: () => number
  readonly #knobs: DetectorKnobs
  readonly #roster: Roster
  readonly #links: Links
  readonly #stall: OwnStall
  readonly #verdicts: Verdicts
  readonly #excuses: Excuses
  readonly #probing: Probing
  readonly #refutation: Refutation
  readonly #heartbeats: Heartbeats
  #effects: DetectorEffect[] = []
  #tickMs = Infinity
  #lastCallMs = -Infinity

  constructor(
    self: string,
    random: () => number,
    knobs: DetectorKnobs,
    order: 'given' | 'shuffled',
    prior: Machine | undefined,
  ) {
    const roster = new Roster(self, prior && prior.#roster)
    this.#roster = roster
    this.#self = self
    this.#random = random
    this.#knobs = knobs
    this.#links = new Links(knobs)
    this.#excuses = new Excuses(this.#links)
    this.#stall = new OwnStall(knobs)
    this.#verdicts = new Verdicts(self, knobs, roster, effect => this.#effects.push(effect))
    this.#refutation = new Refutation(knobs)
    this.#heartbeats = new Heartbeats(knobs, random)
    const send = (to: string, message: ProbeMessage): void => this.#send(to, message)
    const mayVouch = (id: string, nowMs: number): boolean => !this.#heartbeats.isOverdue(id, nowMs)
    this.#probing = new Probing({ self, knobs, random, order, roster, links: this.#links, send, mayVouch })
  }

  handle(input: DetectorInput, nowMs: number): DetectorEffect[] {
    // Sockets may be read before timers run: a stall is noticed by whichever call comes first.
    this.#noticeStall(nowMs)
    this.#take(input, nowMs)
    this.#refute(nowMs)
    return this.#flush()
  }

  advance(nowMs: number): DetectorEffect[] {
    this.#noticeStall(nowMs)
    const { probed, forOthers } = this.#probing.advance(nowMs)
    for (const { subject } of probed) this.#doubt(this.#roster.get(subject), nowMs)
    for (const subject of forOthers) this.#confirm(this.#roster.get(subject), nowMs)
    for (const member of this.#excuses.takeEnded(nowMs, nowMs < this.awayUntilMs())) {
      this.#verdicts.resume(member)
      this.#probing.hurry(member, nowMs)
    }
    this.#refute(nowMs)
    const dead = this.#verdicts.conclude(nowMs, member => this.#heldUntilMs(member))
    for (const { id } of dead) this.#probing.drop(id)
    if (nowMs >= this.#tickMs) this.#tick(nowMs)
    return this.#flush()
  }

  deadlineMs(): number {
    return Math.min(
      this.#tickMs,
      this.#probing.nextMs(),
      this.#verdicts.nextMs(),
      this.#excuses.nextMs(),
      this.#refutation.nextMs(),
    )
  }

  status(id: string): DetectorStatus | undefined {
    const member = this.#roster.get(id)
    return member && statusOf(member, this.#heldUntilMs(member))
  }

  phi(id: string, nowMs: number): number | undefined {
    return this.#heartbeats.phi(id, nowMs)
  }

  localHealth(): number {
    return this.#probing.health.score
  }

  awayUntilMs(): number {
    return Math.max(this.#stall.awayUntilMs, this.#links.awayUntilMs)
  }

  subjects(): readonly string[] {
    return this.#probing.subjects
  }

  #take(input: DetectorInput, nowMs: number): void {
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
        this.#probing.replaceSubjects(input.subjects)
        break
      case 'suspicion': {
        const { subject, incarnation, observer, hard } = input
        if (subject === this.#self) this.#refutation.claim(incarnation, observer, hard, nowMs)
        else this.#suspicion(subject, incarnation, observer, hard, nowMs)
        break
      }
      case 'evidence':
        this.#heard(input.id, nowMs)
        break
      case 'message':
        this.#message(input.from, input.message, nowMs)
        break
      case 'link':
        this.#link(input.id, input.state, nowMs)
        break
      case 'beat':
        if (this.#roster.has(input.id)) this.#heartbeats.beat(input.id, input.incarnation, input.beat, nowMs)
        break
      case 'beat-interval':
        this.#heartbeats.expect(input.ms)
        break
      case 'timers':
        this.#stall.timersAreLate = input.areLate
        break
      case 'slept':
        this.#wasAway(input.ms, nowMs)
        break
    }
  }

  #member(id: string, incarnation: number, attention: Attention | undefined, nowMs: number): void {
    const known = this.#roster.get(id)
    if (known !== undefined && incarnation < known.incarnation) return
    const member = known ?? this.#roster.add(id, incarnation, { type: 'alive' })
    if (incarnation > member.incarnation) {
      this.#verdicts.revive(member, incarnation)
      this.#probing.drop(id)
      // It spoke just now: the silence since its last beat, in an earlier incarnation, says nothing any more.
      this.#heartbeats.forget(id)
    }
    this.#excuses.ask(member, attention, nowMs)
  }

  #beginTicking(nowMs: number): void {
    // Members that start together must not probe in step.
    if (this.#tickMs === Infinity && this.#roster.clusterSize > 1)
      this.#tickMs = nowMs + this.#random() * this.#knobs.probeIntervalMs
  }

  #left(id: string, incarnation: number): void {
    const known = this.#roster.get(id)
    if (id === this.#self || (known !== undefined && incarnation < known.incarnation)) return
    // Kept though it was never seen: the goodbye may have overtaken the join.
    const member = known ?? this.#roster.add(id, incarnation, { type: 'left' })
    member.incarnation = incarnation
    this.#verdicts.stand(member, { type: 'left' })
    this.#probing.drop(id)
  }

  #forget(id: string): void {
    if (id === this.#self) this.#refutation.forget()
    const member = this.#roster.get(id)
    if (member !== undefined) {
      this.#excuses.forget(member)
      this.#verdicts.forget(member)
    }
    this.#probing.drop(id)
    this.#links.forget(id)
    this.#heartbeats.forget(id)
  }

  #suspicion(subject: string, incarnation: number, observer: string, hard: boolean, nowMs: number): void {
    const member = this.#roster.get(subject)
    // Below: refuted. Above: not a word of the member itself yet, and the host will repeat it.
    if (member === undefined || incarnation !== member.incarnation) return
    this.#excuses.suspected(member)
    this.#verdicts.claim(member, observer, hard, nowMs)
    if (this.#probing.wasSilentForOthers(member, nowMs)) this.#confirm(member, nowMs)
    else if (this.#probing.isSubject(subject)) this.#probing.hurry(member, nowMs)
  }

  #message(from: string, message: ProbeMessage, nowMs: number): void {
    switch (message.type) {
      case 'ping':
        this.#send(from, { type: 'ack', seq: message.seq })
        if (message.suspected !== undefined) this.#refutation.claim(message.suspected, from, false, nowMs)
        this.#heard(from, nowMs)
        break
      case 'ack':
        // A late ack is no evidence either: it tells of the time of another probe.
        if (this.#probing.ack(from, message.seq, nowMs)) this.#heard(from, nowMs)
        break
      case 'ping-request':
        this.#probing.serve(from, message.seq, message.subject, nowMs)
        this.#heard(from, nowMs)
        break
      case 'nack':
        this.#probing.nack(from, message.seq)
        this.#heard(from, nowMs)
        break
    }
  }

  #link(id: string, state: LinkState, nowMs: number): void {
    const member = this.#roster.get(id)
    switch (state) {
      case 'open':
        if (this.#links.opened(id, nowMs)) this.#heartbeats.skipTo(nowMs)
        if (member !== undefined) this.#excuses.linkOpened(member)
        this.#heard(id, nowMs)
        break
      case 'closed':
        this.#closed(id, nowMs)
        break
      case 'released':
        this.#links.forget(id)
        break
      case 'refused':
        // While connected it was only the end of a second dial.
        if (!this.#links.isOpen(id)) this.#refused(member, nowMs)
        break
      case 'unreachable':
        if (isLiving(member)) this.#probing.hurry(member, nowMs)
        break
      case 'network-down':
        this.#links.networkDown(id, nowMs)
        break
    }
  }

  #closed(id: string, nowMs: number): void {
    const member = this.#roster.get(id)
    const wasOpen = this.#links.closed(id, nowMs)
    if (wasOpen || this.#probing.isSubject(id)) this.#redial(member)
    if (wasOpen && member !== undefined) this.#excuses.linkClosed(member, nowMs)
  }

  #refused(member: Member | undefined, nowMs: number): void {
    this.#links.refused(nowMs)
    if (!isLiving(member)) return
    if (nowMs < this.#stall.awayUntilMs) this.#probing.hurry(member, nowMs)
    else this.#verdicts.accuse(member, true, nowMs)
  }

  #redial(member: Member | undefined): void {
    if (isLiving(member)) this.#effects.push({ type: 'redial', id: member.id })
  }

  /** A byte came from `id` itself. */
  #heard(id: string, nowMs: number): void {
    if (this.#links.heard(nowMs)) this.#heartbeats.skipTo(nowMs)
    const member = this.#roster.get(id)
    if (member === undefined) return
    member.heardMs = nowMs
    switch (member.standing.type) {
      case 'alive':
      case 'left':
        return
      case 'suspect':
        this.#probing.hurry(member, nowMs)
        break
      case 'dead':
        this.#probing.tellDead(member, nowMs)
        break
    }
  }

  /** A probe found nobody. */
  #doubt(member: Member | undefined, nowMs: number): void {
    if (isLiving(member) && nowMs >= this.#heldUntilMs(member)) this.#verdicts.accuse(member, false, nowMs)
  }

  /** Somebody suspects the member, and a ping of ours for somebody else was not answered either. */
  #confirm(member: Member | undefined, nowMs: number): void {
    if (member?.standing.type === 'suspect' && this.#probing.wasSilentForOthers(member, nowMs))
      this.#doubt(member, nowMs)
  }

  /** Until when this member gives no verdict on that one. */
  #heldUntilMs(member: Member): number {
    return Math.max(this.awayUntilMs(), member.excuse.untilMs)
  }

  #tick(nowMs: number): void {
    for (const id of this.#links.tick(nowMs)) this.#redial(this.#roster.get(id))
    for (const id of this.#heartbeats.takeSilent(nowMs))
      if (!this.#probing.isSubject(id)) this.#doubt(this.#roster.get(id), nowMs)
    this.#probing.probeNext(nowMs)
    this.#tickMs = this.#roster.clusterSize > 1 ? nowMs + this.#probing.intervalMs : Infinity
  }

  #refute(nowMs: number): void {
    const refuted = this.#refutation.take(nowMs)
    if (refuted === undefined) return
    this.#probing.health.refuted(refuted.accuser, nowMs)
    this.#effects.push({ type: 'refute', incarnation: refuted.incarnation })
  }

  #noticeStall(nowMs: number): void {
    const ms = lateMs(nowMs, this.deadlineMs(), this.#lastCallMs)
    this.#lastCallMs = nowMs
    if (this.#stall.explains(ms)) this.#wasAway(ms, nowMs)
    else this.#probing.calledLate(ms)
  }

  #wasAway(ms: number, nowMs: number): void {
    if (!this.#stall.ended(nowMs)) return
    this.#probing.dropAll()
    this.#probing.health.change(+1)
    this.#heartbeats.skipTo(nowMs)
    if (this.#tickMs !== Infinity) this.#tickMs = nowMs
    this.#effects.push({ type: 'stalled', ms })
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
