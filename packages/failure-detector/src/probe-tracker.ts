/**
 * Probe tracker: the local member's own probes. SWIM §3.1.
 *
 * ping → (timeout) → ping-request to the proxies → (the rest of the interval, counted from the request) → failed.
 * Each stage is extended once by four times the local lateness, since the answers are late too.
 * An answer must match the probe's `seq` and come from the subject or a proxy: a late ack never answers the next probe.
 */
import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorParameters } from './parameters.ts'
import type { ProbeMessage, SequenceNumbers } from './probe-message.ts'

/**
 * The maximum number of pending probes: enough for all ring neighbours. Above this limit, additional probes
 * are skipped. Our choice.
 */
const maxPending = 64

/**
 * A ping and its ack are delayed up to four times: when each is written and when each is read. A member that
 * is called late assumes that the peer is equally late, which is true on one busy machine or in one process.
 * Our choice.
 */
const latenessFactor = 4

/** A member to ask for an indirect probe. `nackExpected`: a missing nack worsens local health. */
export interface ProbeProxy {
  readonly id: string
  readonly nackExpected: boolean
}

/** A failed probe: neither the subject nor a proxy sent an ack in time. */
export interface ProbeResult {
  readonly subject: string
  /** By how much the probe worsens local health. */
  readonly penalty: number
}

interface Probe {
  readonly seq: number
  readonly subject: string
  readonly beganMs: number
  /** The scale of local health at the start, used until the probe ends. */
  readonly scale: number
  /** The greatest lateness of a call in this stage, ms. */
  lateMs: number
  /** The stage was already extended for lateness. A stage is extended at most once. */
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
  /** Whether a byte arrived from the subject since `sinceMs`. */
  readonly receivedSince: (subject: string, sinceMs: number) => boolean
  /** Whether a relayed ack suffices: a proxy may lie, while heartbeats are signed. */
  readonly acceptsProxyAck: (subject: string, nowMs: number) => boolean
}

export class ProbeTracker {
  readonly #parameters: DetectorParameters
  readonly #seqs: SequenceNumbers
  readonly #port: ProbeTrackerPort
  readonly #probes = new Map<number, Probe>()
  readonly #bySubject = new Map<string, Probe>()
  readonly #due = new DeadlineQueue<number>()
  /** Proxies whose nack was missing. Each proxy worsens local health once, until it answers again. */
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

  /** Begins a probe. Returns false while a probe of the subject is pending, or at the limit. */
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

  /** Returns whether the ack answered a pending probe; the probe then ends. */
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

  /** Ends a subject's probe without a result, and removes what is stored of the subject as a proxy. */
  drop(subject: string): void {
    this.#unresponsive.delete(subject)
    const probe = this.#bySubject.get(subject)
    if (probe !== undefined) this.#end(probe)
  }

  /** Records that the host called the detector `ms` too late. */
  timerLate(ms: number): void {
    for (const probe of this.#probes.values()) probe.lateMs = Math.max(probe.lateMs, ms)
  }

  dropAll(): void {
    this.#probes.clear()
    this.#bySubject.clear()
    this.#due.clear()
  }

  /** Takes the next step of every probe whose stage has ended. Returns the failed probes. */
  advance(nowMs: number): ProbeResult[] {
    const results: ProbeResult[] = []
    for (;;) {
      const seq = this.#due.takeDue(nowMs)
      if (seq === undefined) return results
      const probe = this.#probes.get(seq)
      if (probe === undefined) continue
      // Any byte since the ping shows that the subject is alive; its ack may be slow or lost.
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
    const proxies = this.#port.proxiesFor(probe.subject)
    const pendingNacks = proxies.filter(proxy => proxy.nackExpected).map(proxy => proxy.id)
    probe.stage = {
      type: 'indirect',
      proxies: new Set(proxies.map(proxy => proxy.id)),
      pendingNacks: new Set(pendingNacks),
    }
    probe.lateMs = 0
    probe.isExtended = false
    this.#due.set(probe.seq, nowMs + indirectStageMs(this.#parameters) * probe.scale)
    for (const { id } of proxies)
      this.#port.send(id, { type: 'ping-request', seq: probe.seq, subject: probe.subject })
  }

  #end(probe: Probe): void {
    this.#probes.delete(probe.seq)
    this.#bySubject.delete(probe.subject)
    this.#due.delete(probe.seq)
  }
}

/**
 * How long the indirect stage lasts: the part of the interval after the direct ack's timeout (SWIM §3.1: one
 * T′ in total).
 */
export function indirectStageMs(
  parameters: Pick<DetectorParameters, 'probeIntervalMs' | 'probeTimeoutMs'>,
): number {
  return parameters.probeIntervalMs - parameters.probeTimeoutMs
}

/**
 * How much a failed probe adds to the local health score: 1 for each newly missing nack, so that a proxy that
 * never answers counts once. If all nacks arrived, the subject is the cause, and the result is 0. Without a
 * proxy, the local member may be the cause, and the result is 1. memberlist's `probeNode` does the same;
 * Lifeguard §IV.A also counts the probe itself.
 */
export function localHealthPenalty(proxiesAsked: number, nacksMissing: number): number {
  return proxiesAsked === 0 ? 1 : nacksMissing
}
