/**
 * Grant exchange: how both ends of a connection show their grants to each other, in a cluster with an authority.
 *
 * Loaded only in such a cluster. Grants that expire or are revoked later end the connection (`AdmissionGate.review`). A peer
 * whose grants were revoked receives the revocation, so that its owner learns the reason.
 */
import type { Connection, Stream } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { ByteStream } from '@libp2p/utils'
import type { Clock } from '../../base/clock.ts'
import type { MemberGrants } from '../../grants/member-grants.ts'
import type { Policy } from '../../policy/policy.ts'
import { factsAgainst } from '../../policy/revocation-kind.ts'
import type { AdmissionSession } from '../../wire/admission.ts'
import {
  type Direction,
  lengthBytes,
  maxSealedBytes,
  openGrants,
  sealedLength,
  sealGrants,
} from '../../wire/sealed-grants.ts'
import { followRevocationNotices, sendRevocationNotice } from './revocation-notice.ts'

export interface GrantExchangeOptions {
  /** The local member id. */
  readonly self: string
  readonly grants: MemberGrants
  readonly clock: Clock
  /** The encoded grants of this member. */
  readonly own: () => Uint8Array
  /** The facts about the cluster. */
  readonly policy: Policy
}

/** One message of a handshake, after whose proof grants are sent. */
export interface GrantsMessage {
  readonly session: AdmissionSession
  readonly direction: Direction
  /** The nonce of the initiator. */
  readonly nonce: Uint8Array
}

export class GrantExchange {
  readonly #options: GrantExchangeOptions
  /** The greatest number of bytes after a proof. */
  readonly maxBytes: number = lengthBytes + maxSealedBytes

  constructor(options: GrantExchangeOptions) {
    this.#options = options
  }

  /** The bytes to send after the proof. */
  shown({ session, direction, nonce }: GrantsMessage): Uint8Array {
    return sealGrants(session, direction, nonce, this.#options.own()) ?? new Uint8Array()
  }

  /** Reads the bytes after the peer's proof. @returns its grants, unchecked; undefined: the bytes are no grants */
  async read(
    bytes: Pick<ByteStream<Stream>, 'read'>,
    { session, direction, nonce }: GrantsMessage,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const length = sealedLength((await bytes.read({ bytes: lengthBytes, signal })).subarray())
    if (length === undefined) return undefined
    const sealed = (await bytes.read({ bytes: length, signal })).subarray()
    return openGrants(session, direction, nonce, sealed)
  }

  /** Whether these grants make the peer a member now. */
  async accepts(peer: string, encoded: Uint8Array): Promise<boolean> {
    return this.isCurrent(peer, encoded) && (await this.#options.grants.verify(peer, encoded))
  }

  /** Whether these grants, whose signatures were verified, still make the peer a member. */
  isCurrent(peer: string, encoded: Uint8Array): boolean {
    const { grants, clock } = this.#options
    const chain = grants.chainOf(peer, encoded)
    return chain !== undefined && grants.isCurrent(chain, clock.now().epochMs)
  }

  /** Sends the revocation of these grants to the peer that showed them. Sends nothing if they are not signed or not revoked. */
  async sendRevocation(connection: Connection, encoded: Uint8Array): Promise<void> {
    const { grants, policy } = this.#options
    const peer = connection.remotePeer.toString()
    const chain = grants.chainOf(peer, encoded)
    const revocation = chain && grants.revocations.of(chain)
    if (!revocation || !(await grants.verify(peer, encoded))) return
    const facts = factsAgainst(policy, [revocation.subject])
    const fact = facts.find(({ author }) => author === revocation.author)
    if (fact) await sendRevocationNotice(connection, fact)
  }

  /**
   * Receives the revocations of this member's own grants from peers that did not accept these grants.
   *
   * @param received takes an encoded rumor, whose signatures are not verified
   * @returns a function that ends the calls
   */
  followRevocations(
    registrar: Registrar,
    received: (from: string, rumor: Uint8Array) => void,
  ): Promise<() => void> {
    const { self, grants, own } = this.#options
    return followRevocationNotices(registrar, (from, { subject }, rumor) => {
      const chain = grants.chainOf(self, own())
      if (chain?.grants.some(grant => grant.subject === subject)) received(from, rumor)
    })
  }
}
