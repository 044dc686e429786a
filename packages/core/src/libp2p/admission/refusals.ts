/**
 * Refusals: why connections were not admitted, in words for the local side. Nothing of this is sent to a peer.
 *
 * A wrong secret and a wrong cluster name look the same, and a peer does not say whether it wants a secret. So the texts
 * name what to compare, and do not claim more than this member knows.
 */

import type { Connection } from '@libp2p/interface'
import { setNewest } from '../../base/oldest-first.ts'

/**
 * - `not-accepted`: the peer ended the handshake after it had this member's proof.
 * - `replaced-secret`: the peer has the keys of the cluster, and this member's key was removed from them.
 * - `wrong-proof`: the peer's proof is wrong.
 * - `no-grants`: the peer's grants do not make it a member of this cluster, or have ended.
 * - `removed-key`: the key of the peer was removed from the cluster, and the peer proved no other key.
 * - `no-proof`: the peer sent no proof in time.
 * - `unsupported`: the peer does not know the handshake.
 * - `violations`: the peer broke the protocol too often, and is refused for a while.
 */
export type RefusalReason =
  | 'not-accepted'
  | 'replaced-secret'
  | 'wrong-proof'
  | 'no-grants'
  | 'removed-key'
  | 'no-proof'
  | 'unsupported'
  | 'violations'

export interface Refusal {
  /** Describes the refusal, without the full stop. */
  readonly fact: string
  readonly advice: string
  /** Milliseconds of the monotonic clock. */
  readonly atMs: number
}

/** The latest refusals of at most this many peers are kept. */
const maxPeers = 256
/** The same refusal of one peer is logged once in this time. */
const logIntervalMs = 60_000

export interface RefusalsOptions {
  readonly hasSecret: boolean
  /** Whether the cluster has an authority. */
  readonly hasAuthority: boolean
  readonly log: (line: string) => void
}

export class Refusals {
  readonly #options: RefusalsOptions
  readonly #byPeer = new Map<
    string,
    Refusal & { readonly loggedMs: number; readonly reason: RefusalReason }
  >()
  readonly #counts: Record<RefusalReason, number> = {
    'not-accepted': 0,
    'replaced-secret': 0,
    'wrong-proof': 0,
    'no-grants': 0,
    'removed-key': 0,
    'no-proof': 0,
    unsupported: 0,
    violations: 0,
  }
  #lastDialled: Refusal | undefined

  constructor(options: RefusalsOptions) {
    this.#options = options
  }

  report({ remotePeer, remoteAddr, direction }: Connection, reason: RefusalReason, nowMs: number): void {
    this.#counts[reason] += 1
    const id = remotePeer.toString()
    const fact = `The peer at ${remoteAddr} ${this.#fact(reason)}`
    const before = this.#byPeer.get(id)
    // A peer that dials again comes from another port.
    const isRepeated = before?.reason === reason && nowMs - before.loggedMs < logIntervalMs
    const loggedMs = isRepeated ? before.loggedMs : nowMs
    const refusal = { fact, advice: this.#advice(reason), atMs: nowMs, loggedMs, reason }
    if (!isRepeated) this.#options.log(lineOf(refusal))
    setNewest(this.#byPeer, id, refusal, maxPeers)
    if (direction === 'outbound') this.#lastDialled = refusal
  }

  /** A connection to this peer was admitted: earlier refusals no longer explain anything. */
  admitted(id: string): void {
    this.#byPeer.delete(id)
    this.#lastDialled = undefined
  }

  /** The last refusal of this peer. */
  of(id: string): Refusal | undefined {
    return this.#byPeer.get(id)
  }

  /**
   * The last refusal of a peer that this member had dialled, as one line of text; undefined if any peer was admitted
   * since.
   */
  get lastDialled(): string | undefined {
    return this.#lastDialled && lineOf(this.#lastDialled)
  }

  /** The number of refused connections. */
  get count(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0)
  }

  /** The number of refused connections, by reason. */
  get counts(): Readonly<Record<RefusalReason, number>> {
    return this.#counts
  }

  #fact(reason: RefusalReason): string {
    const { hasSecret, hasAuthority } = this.#options
    switch (reason) {
      case 'not-accepted':
        if (hasAuthority) return "did not accept this member's grants"
        return hasSecret
          ? "did not accept this member's secret"
          : 'did not accept this member, which has no secret'
      case 'replaced-secret':
        return hasAuthority
          ? "no longer accepts this member's ticket, because the secret in it was replaced in the cluster while this member was away"
          : "no longer accepts this member's secret, which was replaced in the cluster while this member was away"
      case 'wrong-proof':
        if (hasAuthority) return 'did not prove that it is invited to this cluster'
        return hasSecret ? "did not prove this member's secret" : "did not prove this cluster's name"
      case 'no-grants':
        return 'showed grants that have ended, or that are not valid'
      case 'removed-key':
        return 'has only a key that was removed from the cluster'
      case 'no-proof':
        return 'proved nothing in time'
      case 'unsupported':
        return 'does not know the admission of hearsay 2'
      case 'violations':
        return 'broke the protocol too often'
    }
  }

  #advice(reason: RefusalReason): string {
    switch (reason) {
      case 'not-accepted':
      case 'wrong-proof':
        if (this.#options.hasAuthority)
          return 'Has the ticket of one of the two expired, or was it revoked? Ask for a new one, and compare the names of the clusters and the clocks.'
        return this.#options.hasSecret
          ? 'Give both ends the same secret and the same cluster name.'
          : 'Give both ends the same cluster name. If the cluster has a secret, give it to this member. If its members are invited, join with a ticket.'
      case 'replaced-secret':
        return this.#options.hasAuthority
          ? 'Ask for a new ticket, and start this member again with the new ticket and the same storage.'
          : 'Give this member the present secret of the cluster, and start it again with the same storage.'
      case 'no-grants':
        return 'It needs a new ticket, if it is to be a member.'
      case 'removed-key':
        return this.#options.hasAuthority
          ? 'It needs a new ticket, if it is to be a member.'
          : 'If it is a member, give it the primary key of the cluster as its secret.'
      case 'no-proof':
        return 'Is it a member of this cluster, and is its process overloaded?'
      case 'unsupported':
        return 'Is it a hearsay member, and of this version?'
      case 'violations':
        return 'It is refused for a minute. Is it of this version?'
    }
  }
}

const lineOf = ({ fact, advice }: Refusal): string => `${fact}. ${advice}`
