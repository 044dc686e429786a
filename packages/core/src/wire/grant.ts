/**
 * Grant: what an issuer grants to a key: roles until a date. The key is a member's or an invitation's.
 *
 * A decoded grant includes its encoded payload, because the signature covers these bytes. Decoded grants are within the
 * limits. The signatures of the grants are not verified yet, and `grants/grant-chain.ts` has the rules for what an issuer may
 * grant.
 */
import { concat } from 'uint8arrays/concat'
import { isCount } from './checks.ts'
import * as messages from './grant-messages.ts'
import * as limits from './limits.ts'
import { keyFromMemberId, memberIdFromKey } from './member-id.ts'
import { type DecodeFailure, decodeAll, failed, guarded, ok, type Result } from './result.ts'
import { signedBytesOf } from './signing.ts'

export interface Grant {
  /** The key that receives the grant, as a member id. */
  readonly subject: string
  /** Whether the subject is the key of an invitation: its holder grants it on to members. False: it is a member. */
  readonly isInvitation: boolean
  /** Ordered, each one once. */
  readonly roles: readonly string[]
  /** The grant is valid until then, in epoch milliseconds. */
  readonly notAfterMs: number
  /** Whether a member with this grant may invite others. */
  readonly mayInvite: boolean
}

/** A grant with its payload, and the Ed25519 signature of its issuer over it, 64 bytes. */
export type SignedGrant = Grant & { readonly payload: Uint8Array; readonly signature: Uint8Array }

/** No kind of fact has this number. */
const grantKind = 32

/**
 * `"hearsay/1" | 32, one byte | cluster tag, 16 bytes | public key of the authority, 32 bytes | payload`
 *
 * Two clusters of one name have the same tag. So the signature of an admin covers the authority, too: a member that is an admin
 * under two authorities invites under one of them only.
 *
 * @param authority the authority, as a member id
 */
export function signedGrantBytes(cluster: Uint8Array, authority: string, payload: Uint8Array): Uint8Array {
  return signedBytesOf(grantKind, cluster, concat([keyFromMemberId(authority) ?? none, payload]))
}

const none = new Uint8Array()

/** The payload of a grant. */
export function encodeGrant({ subject, isInvitation, roles, notAfterMs, mayInvite }: Grant): Uint8Array {
  return messages.Grant.encode({
    subject: keyFromMemberId(subject) ?? new Uint8Array(),
    invitation: isInvitation,
    roles: [...roles],
    notAfter: notAfterMs,
    mayInvite,
  })
}

export function encodeGrants(grants: readonly SignedGrant[]): Uint8Array {
  return messages.Grants.encode({
    grants: grants.map(({ payload, signature }) => ({
      grant: payload as Uint8Array<ArrayBuffer>,
      signature: signature as Uint8Array<ArrayBuffer>,
    })),
  })
}

/** One to four grants. */
export function decodeGrants(bytes: Uint8Array): Result<readonly SignedGrant[], DecodeFailure> {
  return guarded<readonly SignedGrant[]>(bytes, limits.maxGrantsBytes, () => {
    const { grants } = messages.Grants.decode(bytes, { limits: { grants: limits.maxGrants } })
    return grants.length > 0 ? decodeAll(grants, decodeGrant) : failed('invalid', 'there is no grant')
  })
}

function decodeGrant({ grant, signature }: messages.SignedGrant): Result<SignedGrant, DecodeFailure> {
  if (signature.length !== 64) return failed('invalid', 'a signature has 64 bytes')
  const message = messages.Grant.decode(grant, { limits: { roles: limits.maxRoles } })
  const { invitation: isInvitation, roles, notAfter: notAfterMs, mayInvite } = message
  const subject = memberIdFromKey(message.subject)
  if (subject === undefined) return failed('invalid', 'a subject is a key of 32 bytes')
  if (!isCount(notAfterMs)) return failed('invalid', 'a date is a whole number ≥ 0')
  if (!roles.every(isRole)) return failed('invalid', 'a role has 1 to 32 of the characters a-z, 0-9 and -')
  if (roles.some((role, i) => role <= (roles[i - 1] ?? ''))) return failed('invalid', 'roles are ordered')
  const payload = grant.slice()
  return ok({
    subject,
    isInvitation,
    roles: Object.freeze(roles),
    notAfterMs,
    mayInvite,
    payload,
    signature: signature.slice(),
  })
}

export const isRole = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= limits.maxRoleBytes && /^[a-z0-9-]+$/.test(text)
