/**
 * The four messages that detectors send to each other.
 *
 * A `seq` belongs to whoever asked and is never used twice, so an answer fits one question or none.
 * How these become bytes is the host's affair; all numbers are safe integers ≥ 0.
 */
export type ProbeMessage =
  /** "Are you there?" `suspected`: the incarnation of the receiver that the sender suspects (Lifeguard's buddy system, §IV.C). */
  | { readonly type: 'ping'; readonly seq: number; readonly suspected?: number }
  /** "Yes", from the subject itself, or relayed by a helper that reached it. */
  | { readonly type: 'ack'; readonly seq: number }
  /** "I do not hear `subject`: try for me" (SWIM §3.1). */
  | { readonly type: 'ping-request'; readonly seq: number; readonly subject: string }
  /** "I am here, but I do not hear it either" (Lifeguard §IV.A). */
  | { readonly type: 'nack'; readonly seq: number }
