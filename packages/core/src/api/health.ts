import type { MemberHealth } from '../member/member-health.ts'

/** Condition of this member, as it measures it. A snapshot: call `health()` again for newer values. */
export interface Health extends MemberHealth {
  /**
   * Number of facts in rooms and shared configs that other members published and this member rejected, since the start:
   * too many or too large, dated too far in the future, by a member that is not a writer, or unreadable as a document.
   * Rejected facts change nothing.
   */
  readonly rejected: number
  /**
   * How often, since the start, two replicas of a document were found to use the same Yjs client id, now or earlier.
   * The document's provider emits `collision` each time.
   */
  readonly clientIdCollisions: number
  /**
   * Whether this member's store accepts writes. `failing`: new writes stay in memory and are repeated at least every
   * 30 s; writes that were acknowledged before are not lost. Always `ok` without the option `storage`.
   */
  readonly storage: 'ok' | 'failing'
  /** While the store fails: the reason, and what to do. Otherwise undefined. */
  readonly storageError: string | undefined
  /**
   * With the option `mdns`: why this member and the members in the local network do not find each other, for instance
   * because there is no network or another process uses UDP port 5353. The member tries again every 10 s. Undefined:
   * local discovery works, or is switched off.
   */
  readonly localDiscoveryError: string | undefined
  /**
   * While this member is connected to no other member: why the last peer that it dialled was not admitted, and what to do.
   * For instance, the peer did not accept this member's secret. Undefined: a peer was admitted, or none was dialled.
   */
  readonly admissionError: string | undefined
  /**
   * The number of connections since the start that were not admitted, to and from other members: the other end did not
   * prove that it has the same secret and the same cluster name, or did not accept this member's proof.
   */
  readonly refusedConnections: number
}
