import type { MemberHealth } from '../member/member-health.ts'

/** How this member itself is doing. */
export interface Health extends MemberHealth {
  /**
   * What others said in rooms and shared configs, and broke a rule there, since the start: too much, out of the far
   * future, by who may not write, or unreadable as a document. It changed nothing.
   */
  readonly rejected: number
  /**
   * Times that two replicas of a document were found to write, or to have written, under one client id, since the
   * start. Each is reported as a `collision` event of the document's provider.
   */
  readonly clientIdCollisions: number
  /**
   * Whether this member's store takes what is written. `failing`: new writes are kept in memory and tried again, at
   * least every 30 s; nothing that was acknowledged before is lost. Without `storage`: `ok`.
   */
  readonly storage: 'ok' | 'failing'
  /** While the store fails: why, and what to do about it. */
  readonly storageError: string | undefined
  /**
   * With the option `mdns`: why members in the local network are not found, or do not find this one: no network, or
   * UDP port 5353 is taken. It is tried again every 10 s. Undefined: they are found, or are not looked for.
   */
  readonly localDiscoveryError: string | undefined
}
