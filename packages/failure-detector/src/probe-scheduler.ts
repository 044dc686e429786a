import type { ConnectionTracker } from './connection-tracker.ts'
import { IndirectProbeHandler } from './indirect-probe-handler.ts'
import type { Subject } from './input.ts'
import { LocalHealth } from './local-health.ts'
import { isLiving, type Member, type MemberList } from './member-list.ts'
import type { DetectorParameters } from './parameters.ts'
import type { ProbeMessage } from './probe-message.ts'
import { ProbeOrder, recentEvidenceMs } from './probe-order.ts'
import { type ProbeProxy, type ProbeResult, ProbeTracker } from './probe-tracker.ts'
import { selectProxies } from './select-proxies.ts'
import { SequenceNumbers } from './sequence-numbers.ts'

/** A member that excused itself is probed once in so many quiet times. Our choice. */
const receiptsPerLease = 8

export interface ProbeSchedulerOptions {
  readonly self: string
  readonly parameters: DetectorParameters
  readonly random: () => number
  readonly order: 'given' | 'shuffled'
  readonly memberList: MemberList
  readonly connections: ConnectionTracker
  readonly send: (to: string, message: ProbeMessage) => void
  readonly acceptsProxyAck: (subject: string, nowMs: number) => boolean
}

/**
 * Probing: whom this member pings and when, for itself and for others, and how it feels about its own health.
 * It finds out who is silent; what follows from that is not decided here.
 */
export class ProbeScheduler {
  readonly health: LocalHealth
  readonly #options: ProbeSchedulerOptions
  readonly #order: ProbeOrder
  readonly #seqs: SequenceNumbers
  readonly #tracker: ProbeTracker
  readonly #indirectProbes: IndirectProbeHandler

  constructor(options: ProbeSchedulerOptions) {
    const { parameters, random, memberList, send, acceptsProxyAck } = options
    this.#options = options
    this.health = new LocalHealth(parameters)
    this.#order = new ProbeOrder(options.order, random)
    this.#seqs = new SequenceNumbers(random)
    this.#indirectProbes = new IndirectProbeHandler(parameters, this.#seqs, send)
    this.#tracker = new ProbeTracker(parameters, this.#seqs, {
      send,
      acceptsProxyAck,
      proxiesFor: subject => this.#proxiesFor(subject),
      receivedSince: (subject, sinceMs) => (memberList.get(subject)?.receivedMs ?? -Infinity) >= sinceMs,
    })
  }

  nextMs(): number {
    return Math.min(this.#tracker.nextMs(), this.#indirectProbes.nextMs())
  }

  /** An interval, as long as local health makes it. */
  get intervalMs(): number {
    return this.#options.parameters.probeIntervalMs * this.health.scale
  }

  get subjects(): readonly string[] {
    return this.#order.ids.filter(id => isLiving(this.#options.memberList.get(id)))
  }

  isSubject(id: string): boolean {
    return this.#order.has(id)
  }

  replaceSubjects(subjects: readonly Subject[]): void {
    this.#order.replace(subjects.filter(subject => subject.id !== this.#options.self))
  }

  /** Begins this interval's probe, if anybody is due. */
  probeNext(nowMs: number): void {
    const { memberList, parameters } = this.#options
    const sinceEvidenceMs = recentEvidenceMs(this.#order.size, parameters.probeIntervalMs)
    const id = this.#order.next(id => isDue(memberList.get(id), sinceEvidenceMs, this.health.score, nowMs))
    const member = id === undefined ? undefined : memberList.get(id)
    if (member !== undefined) this.#probe(member, nowMs)
  }

  /** Records a byte that arrived directly from the member. */
  received(member: Member, nowMs: number): void {
    member.receivedMs = nowMs
  }

  /** Lets the next `probeNow` begin whenever the last one was. */
  allowProbeNow(member: Member): void {
    member.probedNowMs = -Infinity
  }

  /** Probes at once, out of turn; at most once per interval. */
  probeNow(member: Member, nowMs: number): void {
    if (!this.#mayProbeNow(member, nowMs) || this.#tracker.isProbing(member.id)) return
    member.probedNowMs = nowMs
    this.#probe(member, nowMs)
  }

  /** Tells a member that is held to be dead, and is not; at most once an interval. */
  notifyDead(member: Member, nowMs: number): void {
    if (!this.#mayProbeNow(member, nowMs)) return
    member.probedNowMs = nowMs
    this.#options.send(member.id, { type: 'ping', seq: this.#seqs.next(), suspected: member.incarnation })
  }

  /** Whether the ack answered a ping that still waited for it. */
  ack(from: string, seq: number, nowMs: number): boolean {
    if (this.#tracker.ack(from, seq, nowMs)) {
      this.health.change(-1)
      return true
    }
    return this.#indirectProbes.ack(from, seq)
  }

  nack(from: string, seq: number): void {
    this.#tracker.nack(from, seq)
  }

  /** Pings on behalf of another. */
  handleIndirectProbe(requester: string, seq: number, subject: string, nowMs: number): void {
    const { self, memberList, send } = this.#options
    if (subject === self) send(requester, { type: 'ack', seq })
    else
      this.#indirectProbes.handleRequest(
        requester,
        seq,
        subject,
        memberList.get(subject) !== undefined,
        nowMs,
      )
  }

  /** Whether a ping for another was not answered of late, nor anything else heard since. */
  failedIndirectProbe(member: Member, nowMs: number): boolean {
    const beganMs = this.#indirectProbes.unansweredMs(member.id, nowMs)
    return beganMs !== undefined && member.receivedMs < beganMs
  }

  /** This member was called late by so many milliseconds: too little for a stall. */
  timerLate(ms: number): void {
    this.#tracker.timerLate(ms)
  }

  /** Who turned out to be silent: in probes of its own, and in pings for others. */
  advance(nowMs: number): { probed: ProbeResult[]; failedForOthers: string[] } {
    const probed = this.#tracker.advance(nowMs)
    for (const { penalty } of probed) this.health.change(penalty)
    return { probed, failedForOthers: this.#indirectProbes.advance(nowMs) }
  }

  /** Ends a member's probe without a verdict. */
  drop(id: string): void {
    this.#tracker.drop(id)
  }

  /** Ends everything under way without a verdict. */
  dropAll(): void {
    this.#tracker.dropAll()
    this.#indirectProbes.dropAll()
  }

  #probe(member: Member, nowMs: number): void {
    const suspected = member.state.type === 'suspect' ? member.incarnation : undefined
    member.probedMs = nowMs
    this.#tracker.begin(member.id, suspected, this.health.scale, nowMs)
  }

  #mayProbeNow(member: Member, nowMs: number): boolean {
    return nowMs >= member.probedNowMs + this.#options.parameters.probeIntervalMs
  }

  /** The subject's other monitors first, connected ones before those to dial; then our other subjects. */
  #proxiesFor(subject: string): ProbeProxy[] {
    const { self, parameters, random, memberList, connections } = this.#options
    const isFit = (id: string): boolean =>
      id !== subject && id !== self && memberList.get(id)?.state.type === 'alive'
    const monitors = this.#order.monitorsOf(subject).filter(isFit)
    const others = this.#order.ids.filter(isFit)
    const reached = monitors.filter(id => connections.reaches(id))
    const chosen = selectProxies(parameters.indirectProbes, [reached, monitors, others], random)
    return chosen.map(id => ({ id, nackExpected: connections.reaches(id) }))
  }
}

/** Suspects always are; so is everybody while this member doubts itself; a member on leave rarely; others when it is quiet. */
export function isDue(
  member: Member | undefined,
  sinceEvidenceMs: number,
  localHealth: number,
  nowMs: number,
): boolean {
  if (!isLiving(member)) return false
  if (member.state.type === 'suspect') return true
  if (nowMs < member.lease.untilMs) return nowMs >= member.probedMs + receiptsPerLease * sinceEvidenceMs
  return localHealth > 0 || nowMs >= member.receivedMs + sinceEvidenceMs
}
