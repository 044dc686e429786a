/**
 * Indirect probe handler: pings subjects on behalf of other members. If the subject answers early, the
 * handler relays the ack. Otherwise the handler sends one nack, early enough to reach the requester before the
 * requester's timeout, and still relays a late ack. An unanswered ping is also this member's own observation.
 */
import { DeadlineQueue } from './deadline-queue.ts'
import type { DetectorParameters } from './parameters.ts'
import type { ProbeMessage, SequenceNumbers } from './probe-message.ts'
import { indirectStageMs } from './probe-tracker.ts'

/**
 * The maximum number of open requests, of one requester and in total. Above these limits the handler sends a
 * nack at once. Our choice.
 */
const maxPerRequester = 8
const maxTotal = 128

interface IndirectProbe {
  readonly requester: string
  readonly requesterSeq: number
  readonly subject: string
  readonly beganMs: number
  isNacked: boolean
}

export class IndirectProbeHandler {
  readonly #parameters: DetectorParameters
  readonly #seqs: SequenceNumbers
  readonly #send: (to: string, message: ProbeMessage) => void
  readonly #requests = new Map<number, IndirectProbe>()
  readonly #due = new DeadlineQueue<number>()
  /** Subject → when the ping that it did not answer was sent; the latest last. */
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

  /** `isKnown`: whether the subject is in the member list, so that this member can ping it. */
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

  /** Relays an ack to the requester that waits for it. Returns false if no requester waits for it. */
  ack(from: string, seq: number): boolean {
    const request = this.#requests.get(seq)
    if (request === undefined || request.subject !== from) return false
    this.#requests.delete(seq)
    this.#due.delete(seq)
    this.#send(request.requester, { type: 'ack', seq: request.requesterSeq })
    return true
  }

  /** Sends the nacks that are due. Returns the subjects that did not answer before the timeout. */
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
        // A late ack is still relayed: it prevents a false suspicion.
        this.#due.set(seq, endsMs)
        continue
      }
      this.#requests.delete(seq)
      this.#observe(request)
      unresponsive.push(request.subject)
    }
  }

  /** When the subject's last unanswered ping was sent; undefined if its timeout passed more than a probe interval ago. */
  unansweredMs(subject: string, nowMs: number): number | undefined {
    const beganMs = this.#unanswered.get(subject)
    if (beganMs === undefined) return undefined
    return nowMs <= beganMs + indirectTimeoutMs(this.#parameters) + this.#parameters.probeIntervalMs
      ? beganMs
      : undefined
  }

  /** Drops all requests: after a pause their requesters no longer wait. */
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

/**
 * How long a proxy waits for the subject: as long as a direct ack may take, but not longer than the requester
 * waits.
 */
export function indirectTimeoutMs(
  parameters: Pick<DetectorParameters, 'probeIntervalMs' | 'probeTimeoutMs'>,
): number {
  return Math.min(parameters.probeTimeoutMs, indirectStageMs(parameters))
}

/** When a proxy sends its nack: early enough to arrive in time. Lifeguard §IV.A: 80 % of the timeout. */
export function nackAfterMs(
  parameters: Pick<DetectorParameters, 'probeIntervalMs' | 'probeTimeoutMs'>,
): number {
  return 0.8 * indirectTimeoutMs(parameters)
}
