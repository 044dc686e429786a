/**
 * Grant exchange: how both ends of a connection show their grants to each other, in a cluster with an authority.
 *
 * Loaded only in such a cluster. Grants that expire or are revoked later end the connection (`AdmissionGate.review`).
 */
import type { Stream } from '@libp2p/interface'
import type { ByteStream } from '@libp2p/utils'
import type { Clock } from '../../base/clock.ts'
import type { MemberGrants } from '../../grants/member-grants.ts'
import type { AdmissionSession } from '../../wire/admission.ts'
import {
  type Direction,
  lengthBytes,
  maxSealedBytes,
  openGrants,
  sealedLength,
  sealGrants,
} from '../../wire/sealed-grants.ts'

export interface GrantExchangeOptions {
  readonly grants: MemberGrants
  readonly clock: Clock
  /** The encoded grants of this member. */
  readonly own: () => Uint8Array
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

  /** What to send after the proof. */
  shown({ session, direction, nonce }: GrantsMessage): Uint8Array {
    return sealGrants(session, direction, nonce, this.#options.own()) ?? new Uint8Array()
  }

  /** Reads what the peer sent after its proof. @returns its grants; undefined: they do not make it a member */
  async read(
    bytes: Pick<ByteStream<Stream>, 'read'>,
    peer: string,
    { session, direction, nonce }: GrantsMessage,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const length = sealedLength((await bytes.read({ bytes: lengthBytes, signal })).subarray())
    if (length === undefined) return undefined
    const sealed = (await bytes.read({ bytes: length, signal })).subarray()
    const grants = openGrants(session, direction, nonce, sealed)
    return grants && (await this.accepts(peer, grants)) ? grants : undefined
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
}
