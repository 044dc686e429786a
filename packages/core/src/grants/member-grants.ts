/**
 * Member grants: which ids are members of a cluster with an authority, and with which roles.
 *
 * A member has a chain of grants from the authority to its own key. The chain counts while it is neither expired nor
 * revoked. All members with the same revocations and equal clocks agree.
 */
import type { DecodeFailure, Result } from '../wire/result.ts'
import type { Verifier } from '../wire/signing.ts'
import { ChainVerifier } from './chain-verifier.ts'
import { type GrantChain, readChain } from './grant-chain.ts'
import { Revocations } from './revocations.ts'

/** How long a chain still counts after its date, in milliseconds. Our choice: 5 min, because clocks differ. */
export const clockToleranceMs = 300_000

export interface MemberGrantsOptions {
  /** The authority, as a member id. */
  readonly authority: string
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly keys: Verifier
}

export class MemberGrants {
  readonly authority: string
  readonly revocations: Revocations
  readonly #verifier: ChainVerifier
  /** Encoded grants → the chain. */
  readonly #read = new WeakMap<Uint8Array, Result<GrantChain, DecodeFailure>>()

  constructor({ authority, cluster, keys }: MemberGrantsOptions) {
    this.authority = authority
    this.revocations = new Revocations(authority)
    this.#verifier = new ChainVerifier(cluster, keys)
  }

  /**
   * The chain of this member, without a check of signatures, dates and revocations. Undefined: the bytes are no chain that
   * ends at this member.
   */
  chainOf(member: string, grants: Uint8Array | undefined): GrantChain | undefined {
    if (!grants) return undefined
    const read = this.#read.get(grants) ?? readChain(grants, this.authority)
    this.#read.set(grants, read)
    if (!read.ok) return undefined
    const { last } = read.value
    return last.subject === member && !last.isInvitation ? read.value : undefined
  }

  /** Whether each grant of the member's chain is signed by its issuer. */
  verify(member: string, grants: Uint8Array | undefined): boolean | Promise<boolean> {
    const chain = this.chainOf(member, grants)
    return chain !== undefined && this.#verifier.verify(chain)
  }

  /** Whether each grant of any chain is signed by its issuer. */
  verifyChain(chain: GrantChain): boolean | Promise<boolean> {
    return this.#verifier.verify(chain)
  }

  /** Whether the chain makes its subject a member now. Signatures are not checked. */
  isCurrent(chain: GrantChain, epochMs: number): boolean {
    return epochMs <= expiryOf(chain) && this.revocations.of(chain) === undefined
  }

  /**
   * The roles that a member had at a date, according to a chain that it showed. Undefined: it was not a member then.
   * Signatures are not checked.
   */
  rolesAt(member: string, grants: Uint8Array | undefined, epochMs: number): readonly string[] | undefined {
    const chain = this.chainOf(member, grants)
    if (!chain || epochMs > expiryOf(chain)) return undefined
    const revokedMs = this.revocations.of(chain)?.atMs
    return revokedMs !== undefined && epochMs > revokedMs ? undefined : chain.last.roles
  }
}

/** Until when a chain counts here, in epoch milliseconds. */
export const expiryOf = ({ last }: GrantChain): number => last.notAfterMs + clockToleranceMs
