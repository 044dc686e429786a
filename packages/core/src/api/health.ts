/** Health: what an app reads about the condition of its own member. */
import type { MemberHealth } from '../member/member-health.ts'
import type { Problem } from './problem.ts'

/** Condition of this member, as it measures it: a snapshot of the store `Cluster.health`. */
export interface Health extends MemberHealth {
  /**
   * The faults of this member and of its surroundings, each with a text that says what to do; most important first. A problem
   * is listed while its cause lasts; a single event, such as a pause of the process, is listed for a minute. Empty: this member
   * detects no fault. The same array until a problem begins, changes or ends.
   */
  readonly problems: readonly Problem[]
  /**
   * How many facts of other members in rooms and shared configs this member has rejected since the start. A member
   * rejects a fact if there are too many, or if the fact is too large or dated too far in the future. A member also rejects an
   * entry by a member that is not a writer, and an update that it cannot read. Rejected facts change nothing.
   */
  readonly rejected: number
  /**
   * How many messages in rooms and shared configs, and updates of documents, this member has neither merged, forwarded nor
   * answered since the start, because their author or the peer that sent them exceeded its rate. State arrives later, by an
   * exchange; broadcasts do not.
   */
  readonly limited: number
  /**
   * How often this member has found, since its start, that two replicas of a document use or used the same Yjs client id.
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
   * Why this member and the members in the local network do not find each other by multicast DNS. Examples: there is no
   * network, or another process uses UDP port 5353. The member tries again every 10 s. Undefined: local discovery works,
   * or the option `mdns` is off.
   */
  readonly localDiscoveryError: string | undefined
  /**
   * While this member is connected to no other member: why the last peer that it dialled was not admitted, and what to do.
   * For instance, the peer did not accept this member's secret. Undefined: a peer was admitted, or none was dialled.
   */
  readonly admissionError: string | undefined
  /**
   * The number of connections since the start that were not admitted. Either the other end did not prove that it has the
   * same secret and the same cluster name, or it did not accept this member's proof, or this member refuses the peer for a
   * minute because it broke the protocol too often. A connection that its other end closed before it began to prove does
   * not count. On a node of the app, connections of peers that dialled and sent no proof do not count.
   */
  readonly refusedConnections: number
  /**
   * The number of connections since the start that this member closed before the other end was admitted, because one address
   * or all addresses together had too many of them. Always 0 on a node of the app and in browsers.
   */
  readonly droppedConnections: number
  /**
   * The number of streams since the start that this member aborted because a frame was too long or was not finished in time, or
   * because unfinished frames took too much memory.
   */
  readonly abortedStreams: number
}
