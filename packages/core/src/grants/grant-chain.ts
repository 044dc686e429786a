/**
 * Grant chain: the grants that lead from the authority to a key. Each grant is issued by the subject of the one before.
 *
 * Invitations and members alternate: with an invitation, a newcomer issues its own grant, and only a member that may invite
 * issues invitations. A grant has no role that its issuer lacks, except `reader`, and no later date. `admin` passes from the
 * authority through one invitation, and never from a member.
 *
 * These rules need neither a clock nor signatures, so their result for a chain never changes.
 */
import {
  decodeGrants,
  encodeGrant,
  encodeGrants,
  type Grant,
  type SignedGrant,
  signedGrantBytes,
} from '../wire/grant.ts'
import { type DecodeFailure, failed, ok, type Result } from '../wire/result.ts'
import type { Signer } from '../wire/signing.ts'
import { adminRole, mayGrant } from './roles.ts'

export interface GrantChain {
  /** The authority, as a member id. */
  readonly authority: string
  /** One to four. */
  readonly grants: readonly SignedGrant[]
  /** The last grant, with the roles and the date that count. */
  readonly last: SignedGrant
  /** The encoded grants. */
  readonly bytes: Uint8Array
}

/** Decodes a chain and checks its rules. Signatures and dates are not checked. */
export function readChain(bytes: Uint8Array, authority: string): Result<GrantChain, DecodeFailure> {
  const grants = decodeGrants(bytes)
  return grants.ok ? chainOf(authority, grants.value, bytes) : grants
}

function chainOf(
  authority: string,
  grants: readonly SignedGrant[],
  bytes: Uint8Array,
): Result<GrantChain, DecodeFailure> {
  for (const [i, grant] of grants.entries()) {
    const fault = grantFault(grant, grants[i - 1])
    if (fault !== undefined) return failed('invalid', fault)
  }
  const last = grants.at(-1)
  return last ? ok({ authority, grants, last, bytes }) : failed('invalid', 'there is no grant')
}

/**
 * Why the issuer may not grant this; undefined if it may.
 *
 * @param issuer the grant that the issuer has; undefined: the issuer is the authority
 */
export function grantFault(grant: Grant, issuer: Grant | undefined): string | undefined {
  if (grant.mayInvite && !grant.roles.includes(adminRole)) return "who may invite has the role 'admin'"
  if (!issuer) return undefined
  if (issuer.isInvitation === grant.isInvitation) return 'invitations and members alternate'
  if (!issuer.isInvitation && !issuer.mayInvite) return 'a member without the right to invite has invited'
  if (!issuer.isInvitation && grant.roles.includes(adminRole)) return "only the authority grants 'admin'"
  if (!mayGrant(issuer.roles, grant.roles)) return 'the issuer lacks a role that it grants'
  if (grant.mayInvite && !issuer.mayInvite) return 'the issuer may not pass on the right to invite'
  if (grant.notAfterMs > issuer.notAfterMs) return 'the grant outlasts that of its issuer'
  return undefined
}

export interface ExtendOptions {
  readonly authority: string
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** The chain that ends at the issuer; undefined: the issuer is the authority. */
  readonly chain?: GrantChain | undefined
  /** Signs for the issuer. */
  readonly issuer: Signer
}

/** The chain with one more grant, or the rule that forbids the grant. */
export async function extendChain(
  grant: Grant,
  { authority, cluster, chain, issuer }: ExtendOptions,
): Promise<Result<GrantChain, DecodeFailure>> {
  const payload = encodeGrant(grant)
  const signature = await issuer.sign(signedGrantBytes(cluster, authority, payload))
  const grants = [...(chain?.grants ?? []), { ...grant, payload, signature }]
  return chainOf(authority, grants, encodeGrants(grants))
}
