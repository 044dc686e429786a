import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorParameters } from './parameters.ts'
import type { ProbeMessage } from './probe-message.ts'
import type { SequenceNumbers } from './sequence-numbers.ts'

/** Enough for every neighbour at once; beyond it a probe out of turn waits for its turn. */
const maxPending = 64

/**
 * A ping and its ack each wait twice to be read and to be written. Whoever is called late takes the other end for as
 * late: on one busy machine, or in one process, it is. Our choice.
 */
const latenessFactor = 4

/** Somebody to ask about a silent subject. `nackExpected`: its silence would say something about us. */
export interface ProbeProxy {
  readonly id: string
  readonly nackExpected: boolean
}

/** A probe that nobody answered, though helpers were asked and had their time. */
export interface ProbeResult {
  readonly subject: string
  /** By how much it worsens local health. */
  readonly penalty: number
}

interface Probe {
  readonly seq: number
  readonly subject: string
  readonly beganMs: number
  /** Local health's multiplier when it began; it holds for the probe's whole life. */
  readonly scale: number
  /** By how much this member was called late at most in this stage. */
  lateMs: number
  /** It was given more time for that already: once in a stage. */
  isExtended: boolean
  stage: { readonly type: 'direct' } | IndirectStage
}

interface IndirectStage {
  readonly type: 'indirect'
  readonly proxies: ReadonlySet<string>
  readonly pendingNacks: Set<string>
}

export interface ProbeTrackerPort {
  readonly send: (to: string, message: ProbeMessage) => void
  readonly proxiesFor: (subject: string) => readonly ProbeProxy[]
  /** Whether a byte came from the subject since then. */
  readonly receivedSince: (subject: string, sinceMs: number) => boolean
  /** Whether a helper's word is enough: a helper may lie, heartbeats are signed. */
  readonly acceptsProxyAck: (subject: string, nowMs: number) => boolean
}

/**
 * Prober: the lives of this member's own probes. SWIM §3.1.
 *
 * ping → (timeout) → ping-request to the helpers → (the rest of the interval, from when they were asked) → unanswered.
 * Each stage is longer by what this member itself was late, several times over: answers wait for it, too.
 * An answer fits by its `seq` and its sender, else it is nobody's: a late ack never answers the next probe.
 */
export class ProbeTracker {
  readonly #parameters: DetectorParameters
  readonly #seqs: SequenceNumbers
  readonly #port: ProbeTrackerPort
  readonly #probes = new Map<number, Probe>()
  readonly #bySubject = new Map<string, Probe>()
  readonly #due = new DeadlineQueue<number>()
  /** Helpers whose nack was missing, until they answer: their silence says it once. */
  readonly #unresponsive = new Set<string>()

  constructor(parameters: DetectorParameters, seqs: SequenceNumbers, port: ProbeTrackerPort) {
    this.#parameters = parameters
    this.#seqs = seqs
    this.#port = port
  }

  nextMs(): number {
    return this.#due.nextMs()
  }

  isProbing(subject: string): boolean {
    return this.#bySubject.has(subject)
  }

  /** Returns whether it began: not while one is under way, nor beyond the limit. */
  begin(subject: string, suspected: number | undefined, scale: number, nowMs: number): boolean {
    if (this.isProbing(subject) || this.#probes.size >= maxPending) return false
    const seq = this.#seqs.next()
    const stage = { type: 'direct' } as const
    const probe: Probe = { seq, subject, beganMs: nowMs, scale, lateMs: 0, isExtended: false, stage }
    this.#probes.set(probe.seq, probe)
    this.#bySubject.set(subject, probe)
    this.#due.set(probe.seq, nowMs + this.#parameters.probeTimeoutMs * scale)
    this.#port.send(subject, {
      type: 'ping',
      seq: probe.seq,
      ...(suspected === undefined ? {} : { suspected }),
    })
    return true
  }

  /** Whether the ack answered a probe of ours; then the probe is over. */
  ack(from: string, seq: number, nowMs: number): boolean {
    const probe = this.#probes.get(seq)
    if (probe === undefined) return false
    const isRelayed = probe.stage.type === 'indirect' && probe.stage.proxies.has(from)
    if (from !== probe.subject && !(isRelayed && this.#port.acceptsProxyAck(probe.subject, nowMs)))
      return false
    this.#unresponsive.delete(from)
    this.#end(probe)
    return true
  }

  nack(from: string, seq: number): void {
    const stage = this.#probes.get(seq)?.stage
    if (stage?.type === 'indirect' && stage.pendingNacks.delete(from)) this.#unresponsive.delete(from)
  }

  /** Ends a subject's probe without a verdict; of the subject as a helper nothing is kept either. */
  drop(subject: string): void {
    this.#unresponsive.delete(subject)
    const probe = this.#bySubject.get(subject)
    if (probe !== undefined) this.#end(probe)
  }

  /** This member was called late by so many milliseconds. */
  timerLate(ms: number): void {
    for (const probe of this.#probes.values()) probe.lateMs = Math.max(probe.lateMs, ms)
  }

  dropAll(): void {
    this.#probes.clear()
    this.#bySubject.clear()
    this.#due.clear()
  }

  /** Takes the next step of every probe whose time is up; returns those that ended in silence. */
  advance(nowMs: number): ProbeResult[] {
    const results: ProbeResult[] = []
    for (;;) {
      const seq = this.#due.takeDue(nowMs)
      if (seq === undefined) return results
      const probe = this.#probes.get(seq)
      if (probe === undefined) continue
      // Any byte since the ping shows that the subject is there; its ack may be slow, or lost.
      if (this.#port.receivedSince(probe.subject, probe.beganMs)) this.#end(probe)
      else if (probe.lateMs > 0 && !probe.isExtended) this.#extend(probe, nowMs)
      else if (probe.stage.type === 'direct') this.#sendIndirectProbes(probe, nowMs)
      else {
        this.#end(probe)
        results.push({ subject: probe.subject, penalty: this.#penalty(probe.stage) })
      }
    }
  }

  #penalty({ proxies, pendingNacks }: IndirectStage): number {
    const missing = [...pendingNacks].filter(id => !this.#unresponsive.has(id))
    for (const id of missing) this.#unresponsive.add(id)
    return localHealthPenalty(proxies.size, missing.length)
  }

  #extend(probe: Probe, nowMs: number): void {
    probe.isExtended = true
    this.#due.set(probe.seq, nowMs + latenessFactor * probe.lateMs)
  }

  #sendIndirectProbes(probe: Probe, nowMs: number): void {
    const helpers = this.#port.proxiesFor(probe.subject)
    const owing = helpers.filter(helper => helper.nackExpected).map(helper => helper.id)
    probe.stage = {
      type: 'indirect',
      proxies: new Set(helpers.map(helper => helper.id)),
      pendingNacks: new Set(owing),
    }
    probe.lateMs = 0
    probe.isExtended = false
    this.#due.set(probe.seq, nowMs + indirectStageMs(this.#parameters) * probe.scale)
    for (const { id } of helpers)
      this.#port.send(id, { type: 'ping-request', seq: probe.seq, subject: probe.subject })
  }

  #end(probe: Probe): void {
    this.#probes.delete(probe.seq)
    this.#bySubject.delete(probe.subject)
    this.#due.delete(probe.seq)
  }
}

/** The rest of the interval after a direct ack's time. SWIM §3.1: the whole probe fits into one T′. */
export function indirectStageMs(
  parameters: Pick<DetectorParameters, 'probeIntervalMs' | 'probeTimeoutMs'>,
): number {
  return parameters.probeIntervalMs - parameters.probeTimeoutMs
}

/**
 * By how much an unanswered probe worsens local health: one for each nack that is missing anew, so that one helper
 * that never answers does so once. With all nacks there, it
 * was the subject, 0; with nobody to ask, it may have been us, 1. memberlist's `probeNode`; Lifeguard §IV.A counts
 * the probe itself too.
 */
export function localHealthPenalty(proxiesAsked: number, nacksMissing: number): number {
  return proxiesAsked === 0 ? 1 : nacksMissing
}
