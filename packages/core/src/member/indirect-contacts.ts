/**
 * Indirect contacts: the members that do not answer this member's own probes, and since when. As long as others reach such a
 * member it is alive, and the cause is the path between the two machines.
 */
import type { DetectorInput, ProbeMessage } from '@hearsay/failure-detector'

export class IndirectContacts {
  /** Monotonic milliseconds, by member. Only subjects of probes are listed, so there are few. */
  readonly #sinceMs = new Map<string, number>()

  /** The detector sends a message. A request to a proxy shows that the subject did not answer a probe in time. */
  sent(message: ProbeMessage, nowMs: number): void {
    if (message.type === 'ping-request' && !this.#sinceMs.has(message.subject))
      this.#sinceMs.set(message.subject, nowMs)
  }

  /** The detector received an input. Any message that arrives directly from a member ends the entry of this member. */
  received(input: DetectorInput): void {
    switch (input.type) {
      case 'message':
        this.#sinceMs.delete(input.from)
        break
      case 'evidence':
      case 'connection':
      case 'forget':
        this.#sinceMs.delete(input.id)
        break
    }
  }

  /** For how long the member has not answered directly, in milliseconds; undefined if it does. */
  silentMs(id: string, nowMs: number): number | undefined {
    const sinceMs = this.#sinceMs.get(id)
    return sinceMs === undefined ? undefined : nowMs - sinceMs
  }
}
