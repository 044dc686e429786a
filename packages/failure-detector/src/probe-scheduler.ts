/**
 * Probe scheduler: which member this detector probes and when, indirect probes for other members, and local health.
 * The scheduler returns the members that did not answer; the state table decides what follows.
 */
import { isExcused } from './attention.ts'
import type { ConnectionTracker } from './connection-tracker.ts'
import { IndirectProbeHandler } from './indirect-probe-handler.ts'
import type { Subject } from './input.ts'
import { LocalHealth } from './local-health.ts'
import { isLiving, type Member, type MemberList } from './member-list.ts'
import type { DetectorParameters } from './parameters.ts'
import { type ProbeMessage, SequenceNumbers } from './probe-message.ts'
import { ProbeOrder, recentEvidenceMs } from './probe-order.ts'
import { type ProbeProxy, type ProbeResult, ProbeTracker } from './probe-tracker.ts'
import { selectProxies } from './select-proxies.ts'

/** A member with a lease is probed this many times less often. Our choice. */
const leaseProbeFactor = 8

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

  /** The probe interval, stretched by local health. Milliseconds. */
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

  /** Begins this interval's probe, if a subject is due. */
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

  /** Lets the next `probeNow` begin at once, regardless of the time of the last one. */
  allowProbeNow(member: Member): void {
    member.probedNowMs = -Infinity
  }

  /** Probes at once, out of turn; at most once per interval. Does not probe a member that is asleep. */
  probeNow(member: Member, nowMs: number): void {
    if (isExcused(member, nowMs)) return
    if (!this.#mayProbeNow(member, nowMs) || this.#tracker.isProbing(member.id)) return
    member.probedNowMs = nowMs
    this.#probe(member, nowMs)
  }

  /** Pings a dead member that sent a byte, with the suspicion, so that the member can refute; at most once per interval. */
  notifyDead(member: Member, nowMs: number): void {
    if (!this.#mayProbeNow(member, nowMs)) return
    member.probedNowMs = nowMs
    this.#options.send(member.id, { type: 'ping', seq: this.#seqs.next(), suspected: member.incarnation })
  }

  /** Returns whether the ack answered a pending probe or a pending indirect probe. */
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

  /** Pings a subject on behalf of `requester`. */
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

  /** Whether a recent indirect probe of the member failed and no byte arrived since. */
  failedIndirectProbe(member: Member, nowMs: number): boolean {
    const beganMs = this.#indirectProbes.unansweredMs(member.id, nowMs)
    return beganMs !== undefined && member.receivedMs < beganMs
  }

  /** Records that a call of the host was late by `ms`, too little for a local pause. */
  timerLate(ms: number): void {
    this.#tracker.timerLate(ms)
  }

  /** Returns the subjects that did not answer: this member's own probes, and indirect probes for other members. */
  advance(nowMs: number): { probed: ProbeResult[]; failedForOthers: string[] } {
    const probed = this.#tracker.advance(nowMs)
    for (const { penalty } of probed) this.health.change(penalty)
    return { probed, failedForOthers: this.#indirectProbes.advance(nowMs) }
  }

  /** Ends a member's probe without a result. */
  drop(id: string): void {
    this.#tracker.drop(id)
  }

  /** Ends all probes without a result. */
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

  /** Proxies for a subject: first its other monitors, connected ones before others, then the local member's other subjects. */
  #proxiesFor(subject: string): ProbeProxy[] {
    const { self, parameters, random, memberList, connections } = this.#options
    const isEligible = (id: string): boolean =>
      id !== subject && id !== self && memberList.get(id)?.state.type === 'alive'
    const monitors = this.#order.monitorsOf(subject).filter(isEligible)
    const others = this.#order.ids.filter(isEligible)
    const reached = monitors.filter(id => connections.reaches(id))
    const chosen = selectProxies(parameters.indirectProbes, [reached, monitors, others], random)
    return chosen.map(id => ({ id, nackExpected: connections.reaches(id) }))
  }
}

/**
 * Whether a probe of the member is due. A member that is asleep is never due; a suspect always; a member with a lease rarely;
 * any other member when no evidence arrived for `sinceEvidenceMs`, or at once while local health is above 0.
 */
export function isDue(
  member: Member | undefined,
  sinceEvidenceMs: number,
  localHealth: number,
  nowMs: number,
): boolean {
  if (!isLiving(member) || isExcused(member, nowMs)) return false
  if (member.state.type === 'suspect') return true
  if (nowMs < member.lease.untilMs) return nowMs >= member.probedMs + leaseProbeFactor * sinceEvidenceMs
  return localHealth > 0 || nowMs >= member.receivedMs + sinceEvidenceMs
}
