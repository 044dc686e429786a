/** Problem: a fault that the health of a member lists. */

/**
 * - `not-a-member`: the ticket of this member has expired or was revoked, or the member itself was revoked.
 * - `not-admitted`: no peer accepts this member, because its secret, its ticket or the name of the cluster does not fit.
 * - `bootstrap-unreachable`: no member answers at a bootstrap address.
 * - `alone`: this member has found no other member for 6 s, and no other problem says why.
 * - `local-discovery`: members in the local network are not found.
 * - `no-relay`: this member can be reached through relays only, and no relay accepts it.
 * - `relay-full`: this member is a relay, and has refused a peer within the last minute because a bound is reached.
 * - `clock`: the clocks of this member and of other members differ by more than a minute.
 * - `identity-copied`: another process runs with this member's identity.
 * - `cut-off`: nothing arrives from any other member, so the network of this machine is probably down.
 * - `partition`: many members died at once, so a part of the network is probably cut off.
 * - `paused`: this process was stopped or blocked within the last minute.
 * - `lossy-network`: messages of this member arrive late or not at all.
 * - `silent-connections`: gossip stopped on connections that are open.
 * - `storage`: the store does not accept writes.
 * - `storage-open`: other users of the machine can open the folder of the store, which contains the private key.
 * - `full`: the table has reached its limit of members.
 */
export type ProblemName =
  | 'not-a-member'
  | 'not-admitted'
  | 'bootstrap-unreachable'
  | 'alone'
  | 'local-discovery'
  | 'no-relay'
  | 'relay-full'
  | 'clock'
  | 'identity-copied'
  | 'cut-off'
  | 'partition'
  | 'paused'
  | 'lossy-network'
  | 'silent-connections'
  | 'storage'
  | 'storage-open'
  | 'full'

/** A fault of this member or of its surroundings, with advice for a person. */
export interface Problem {
  /** Stable, for programs. */
  readonly name: ProblemName
  /** What this member observes and what to do, in English, two or three sentences. The wording may change. */
  readonly text: string
}
