/**
 * The four messages that detectors send to each other.
 *
 * The sender of a `ping` or a `ping-request` chooses its `seq` and uses no number twice, so an answer belongs to at most
 * one request. The host encodes the messages; all numbers are safe integers ≥ 0.
 */
export type ProbeMessage =
  /**
   * Asks the receiver for an ack. `suspected`: the receiver's incarnation that the sender suspects (Lifeguard's buddy system,
   * §IV.C).
   */
  | { readonly type: 'ping'; readonly seq: number; readonly suspected?: number }
  /** The subject's answer, sent by the subject or relayed by a proxy. */
  | { readonly type: 'ack'; readonly seq: number }
  /** Asks a proxy to ping `subject` (SWIM §3.1). */
  | { readonly type: 'ping-request'; readonly seq: number; readonly subject: string }
  /** A proxy's answer: the subject did not answer the proxy either (Lifeguard §IV.A). */
  | { readonly type: 'nack'; readonly seq: number }

/**
 * Sequence numbers, each used once. The first one is a random number below 2³¹, so that an answer to a request from before
 * a restart matches no present request. Sequence numbers may grow to 2⁵³.
 */
export class SequenceNumbers {
  #last: number

  constructor(random: () => number) {
    this.#last = Math.floor(random() * 2 ** 31)
  }

  next(): number {
    this.#last += 1
    return this.#last
  }
}
