import type { Links } from './connection-tracker.ts'
import { Helper } from './indirect-probe-handler.ts'
import type { Subject } from './input.ts'
import { LocalHealth } from './local-health.ts'
import { isLiving, type Member, type Roster } from './member-list.ts'
import type { DetectorKnobs } from './parameters.ts'
import type { ProbeMessage } from './probe-message.ts'
import { ProbeOrder, quietMs } from './probe-order.ts'
import { type HelperChoice, type ProbeResult, Prober } from './probe-tracker.ts'
import { chooseHelpers } from './select-proxies.ts'
import { Sequence } from './sequence-numbers.ts'

/** A member that excused itself is probed once in so many quiet times. Our choice. */
const quietTimesOfLease = 8

export interface ProbingOptions {
  readonly self: string
  readonly knobs: DetectorKnobs
  readonly random: () => number
  readonly order: 'given' | 'shuffled'
  readonly roster: Roster
  readonly links: Links
  readonly send: (to: string, message: ProbeMessage) => void
  readonly mayVouch: (subject: string, nowMs: number) => boolean
}

/**
 * Probing: whom this member pings and when, for itself and for others, and how it feels about its own health.
 * It finds out who is silent; what follows from that is not decided here.
 */
export class Probing {
  readonly health: LocalHealth
  readonly #options: ProbingOptions
  readonly #order: ProbeOrder
  readonly #seqs: Sequence
  readonly #prober: Prober
  readonly #helper: Helper

  constructor(options: ProbingOptions) {
    const { knobs, random, roster, send, mayVouch } = options
    this.#options = options
    this.health = new LocalHealth(knobs)
    this.#order = new ProbeOrder(options.order, random)
    this.#seqs = new Sequence(random)
    this.#helper = new Helper(knobs, this.#seqs, send)
    this.#prober = new Prober(knobs, this.#seqs, {
      send,
      mayVouch,
      helpersFor: subject => this.#helpersFor(subject),
      heardSince: (subject, sinceMs) => (roster.get(subject)?.heardMs ?? -Infinity) >= sinceMs,
    })
  }

  nextMs(): number {
    return Math.min(this.#prober.nextMs(), this.#helper.nextMs())
  }

  /** An interval, as long as local health makes it. */
  get intervalMs(): number {
    return this.#options.knobs.probeIntervalMs * this.health.scale
  }

  get subjects(): readonly string[] {
    return this.#order.ids.filter(id => isLiving(this.#options.roster.get(id)))
  }

  isSubject(id: string): boolean {
    return this.#order.has(id)
  }

  replaceSubjects(subjects: readonly Subject[]): void {
    this.#order.replace(subjects.filter(subject => subject.id !== this.#options.self))
  }

  /** Begins this interval's probe, if anybody is due. */
  probeNext(nowMs: number): void {
    const { roster, knobs } = this.#options
    const quietForMs = quietMs(this.#order.size, knobs.probeIntervalMs)
    const id = this.#order.next(id => isDue(roster.get(id), quietForMs, this.health.score, nowMs))
    const member = id === undefined ? undefined : roster.get(id)
    if (member !== undefined) this.#probe(member, nowMs)
  }

  /** Probes at once, out of turn; at most once an interval. */
  hurry(member: Member, nowMs: number): void {
    if (!this.#mayHurry(member, nowMs) || this.#prober.isProbing(member.id)) return
    member.hurriedMs = nowMs
    this.#probe(member, nowMs)
  }

  /** Tells a member that is held to be dead, and is not; at most once an interval. */
  tellDead(member: Member, nowMs: number): void {
    if (!this.#mayHurry(member, nowMs)) return
    member.hurriedMs = nowMs
    this.#options.send(member.id, { type: 'ping', seq: this.#seqs.next(), suspected: member.incarnation })
  }

  /** Whether the ack answered a ping that still waited for it. */
  ack(from: string, seq: number, nowMs: number): boolean {
    if (this.#prober.ack(from, seq, nowMs)) {
      this.health.change(-1)
      return true
    }
    return this.#helper.ack(from, seq)
  }

  nack(from: string, seq: number): void {
    this.#prober.nack(from, seq)
  }

  /** Pings on behalf of another. */
  serve(requester: string, seq: number, subject: string, nowMs: number): void {
    const { self, roster, send } = this.#options
    if (subject === self) send(requester, { type: 'ack', seq })
    else this.#helper.serve(requester, seq, subject, roster.get(subject) !== undefined, nowMs)
  }

  /** Whether a ping for another was not answered of late, nor anything else heard since. */
  wasSilentForOthers(member: Member, nowMs: number): boolean {
    const beganMs = this.#helper.unansweredMs(member.id, nowMs)
    return beganMs !== undefined && member.heardMs < beganMs
  }

  /** This member was called late by so many milliseconds: too little for a stall. */
  calledLate(ms: number): void {
    this.#prober.calledLate(ms)
  }

  /** Who turned out to be silent: in probes of its own, and in pings for others. */
  advance(nowMs: number): { probed: ProbeResult[]; forOthers: string[] } {
    const probed = this.#prober.advance(nowMs)
    for (const { blame } of probed) this.health.change(blame)
    return { probed, forOthers: this.#helper.advance(nowMs) }
  }

  /** Ends a member's probe without a verdict. */
  drop(id: string): void {
    this.#prober.drop(id)
  }

  /** Ends everything under way without a verdict. */
  dropAll(): void {
    this.#prober.dropAll()
    this.#helper.dropAll()
  }

  #probe(member: Member, nowMs: number): void {
    const suspected = member.standing.type === 'suspect' ? member.incarnation : undefined
    member.probedMs = nowMs
    this.#prober.begin(member.id, suspected, this.health.scale, nowMs)
  }

  #mayHurry(member: Member, nowMs: number): boolean {
    return nowMs >= member.hurriedMs + this.#options.knobs.probeIntervalMs
  }

  /** The subject's other monitors first, connected ones before those to dial; then our other subjects. */
  #helpersFor(subject: string): HelperChoice[] {
    const { self, knobs, random, roster, links } = this.#options
    const isFit = (id: string): boolean =>
      id !== subject && id !== self && roster.get(id)?.standing.type === 'alive'
    const monitors = this.#order.monitorsOf(subject).filter(isFit)
    const others = this.#order.ids.filter(isFit)
    const reached = monitors.filter(id => links.reaches(id))
    const chosen = chooseHelpers(knobs.indirectProbes, [reached, monitors, others], random)
    return chosen.map(id => ({ id, nackExpected: links.reaches(id) }))
  }
}

/** Suspects always are; so is everybody while this member doubts itself; a member on leave rarely; others when it is quiet. */
export function isDue(
  member: Member | undefined,
  quietForMs: number,
  localHealth: number,
  nowMs: number,
): boolean {
  if (!isLiving(member)) return false
  if (member.standing.type === 'suspect') return true
  if (nowMs < member.excuse.untilMs) return nowMs >= member.probedMs + quietTimesOfLease * quietForMs
  return localHealth > 0 || nowMs >= member.heardMs + quietForMs
}
