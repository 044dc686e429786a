import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorParameters } from './parameters.ts'
import type { ProbeMessage } from './probe-message.ts'
import { indirectStageMs } from './probe-tracker.ts'
import type { SequenceNumbers } from './sequence-numbers.ts'

/** Requests under way: for one requester, and in all. Beyond them the answer is a nack at once. */
const maxPerRequester = 8
const maxTotal = 128

interface IndirectProbe {
  readonly requester: string
  readonly requesterSeq: number
  readonly subject: string
  readonly beganMs: number
  isNacked: boolean
}

/**
 * Helper: pings on behalf of others. Each request ends in an ack that is relayed or in one nack in time,
 * and a ping that stays unanswered is an observation of this member's own.
 */
export class IndirectProbeHandler {
  readonly #parameters: DetectorParameters
  readonly #seqs: SequenceNumbers
  readonly #send: (to: string, message: ProbeMessage) => void
  readonly #requests = new Map<number, IndirectProbe>()
  readonly #due = new DeadlineQueue<number>()
  /** subject → when the ping was sent that nobody answered; the latest last. */
  readonly #unanswered = new Map<string, number>()

  constructor(
    parameters: DetectorParameters,
    seqs: SequenceNumbers,
    send: (to: string, message: ProbeMessage) => void,
  ) {
    this.#parameters = parameters
    this.#seqs = seqs
    this.#send = send
  }

  nextMs(): number {
    return this.#due.nextMs()
  }

  /** `isKnown`: whether the subject is somebody this member could ping. */
  handleRequest(
    requester: string,
    requesterSeq: number,
    subject: string,
    isKnown: boolean,
    nowMs: number,
  ): void {
    if (!isKnown || this.#requests.size >= maxTotal || this.#countFor(requester) >= maxPerRequester) {
      this.#send(requester, { type: 'nack', seq: requesterSeq })
      return
    }
    const seq = this.#seqs.next()
    this.#requests.set(seq, { requester, requesterSeq, subject, beganMs: nowMs, isNacked: false })
    this.#due.set(seq, nowMs + nackAfterMs(this.#parameters))
    this.#send(subject, { type: 'ping', seq })
  }

  /** Whether the ack was one that somebody waits for; then it is relayed. */
  ack(from: string, seq: number): boolean {
    const request = this.#requests.get(seq)
    if (request === undefined || request.subject !== from) return false
    this.#requests.delete(seq)
    this.#due.delete(seq)
    this.#send(request.requester, { type: 'ack', seq: request.requesterSeq })
    return true
  }

  /** Sends the nacks that are due; returns the subjects that did not answer in the whole time. */
  advance(nowMs: number): string[] {
    const unresponsive: string[] = []
    for (;;) {
      const seq = this.#due.takeDue(nowMs)
      if (seq === undefined) return unresponsive
      const request = this.#requests.get(seq)
      if (request === undefined) continue
      const endsMs = request.beganMs + indirectTimeoutMs(this.#parameters)
      if (!request.isNacked) this.#send(request.requester, { type: 'nack', seq: request.requesterSeq })
      request.isNacked = true
      if (nowMs < endsMs) {
        // An ack that still comes is relayed: better late than a false suspicion.
        this.#due.set(seq, endsMs)
        continue
      }
      this.#requests.delete(seq)
      this.#observe(request)
      unresponsive.push(request.subject)
    }
  }

  /** When a ping was sent that nobody answered, if it was within about an interval. */
  unansweredMs(subject: string, nowMs: number): number | undefined {
    const beganMs = this.#unanswered.get(subject)
    if (beganMs === undefined) return undefined
    return nowMs <= beganMs + indirectTimeoutMs(this.#parameters) + this.#parameters.probeIntervalMs
      ? beganMs
      : undefined
  }

  /** Forgets all requests: their requesters have long given up. */
  dropAll(): void {
    this.#requests.clear()
    this.#due.clear()
    this.#unanswered.clear()
  }

  #observe({ subject, beganMs }: IndirectProbe): void {
    this.#unanswered.delete(subject)
    this.#unanswered.set(subject, beganMs)
    for (const oldest of this.#unanswered.keys()) {
      if (this.#unanswered.size <= maxTotal) break
      this.#unanswered.delete(oldest)
    }
  }

  #countFor(requester: string): number {
    let count = 0
    for (const request of this.#requests.values()) if (request.requester === requester) count += 1
    return count
  }
}

/** How long a helper waits for the subject: as long as an ack may take, and never longer than its requester waits. */
export function indirectTimeoutMs(
  parameters: Pick<DetectorParameters, 'probeIntervalMs' | 'probeTimeoutMs'>,
): number {
  return Math.min(parameters.probeTimeoutMs, indirectStageMs(parameters))
}

/** When a helper says that it hears nothing either: early enough to arrive in time. Lifeguard §IV.A: 80 %. */
export function nackAfterMs(
  parameters: Pick<DetectorParameters, 'probeIntervalMs' | 'probeTimeoutMs'>,
): number {
  return 0.8 * indirectTimeoutMs(parameters)
}
