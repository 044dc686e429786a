/**
 * Indirect contacts: the members that do not answer this member's own probes, and since when. As long as others reach such a
 * member it is alive, and the cause is the path between the two machines.
 */
import type { DetectorInput, ProbeMessage } from '@hearsay/failure-detector'

/** How long a member does not answer before its connection is checked. Our choice: longer than a busy machine needs. */
const firstCheckMs = 5_000

export class IndirectContacts {
  /** Monotonic milliseconds, by member. Only subjects of probes are listed, so there are few. */
  readonly #silent = new Map<string, { readonly sinceMs: number; readonly checkMs: number }>()

  /**
   * The detector sends a message. A request to a proxy shows that the subject did not answer a probe in time.
   *
   * @returns the subject if its connection is to be checked: after 5 s of silence, then at intervals that double
   */
  sent(message: ProbeMessage, nowMs: number): string | undefined {
    if (message.type !== 'ping-request') return
    const { subject } = message
    const { sinceMs, checkMs } = this.#silent.get(subject) ?? {
      sinceMs: nowMs,
      checkMs: nowMs + firstCheckMs,
    }
    const isDue = nowMs >= checkMs
    this.#silent.set(subject, { sinceMs, checkMs: isDue ? 2 * nowMs - sinceMs : checkMs })
    return isDue ? subject : undefined
  }

  /** The detector received an input. Any message that arrives directly from a member ends the entry of this member. */
  received(input: DetectorInput): void {
    switch (input.type) {
      case 'message':
        this.#silent.delete(input.from)
        break
      case 'evidence':
      case 'connection':
      case 'forget':
        this.#silent.delete(input.id)
        break
    }
  }

  /** For how long the member has not answered directly, in milliseconds; undefined if it does. */
  silentMs(id: string, nowMs: number): number | undefined {
    const silent = this.#silent.get(id)
    return silent && nowMs - silent.sinceMs
  }
}
