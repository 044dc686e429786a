/**
 * Sealed grants: the part of an admission in which both ends show their grants, in a cluster with an authority.
 *
 * The grants follow the proof of their sender, sealed under a key that comes from the admission key and from this handshake.
 * So a stranger that a member dials does not learn the grants. The grants need no signature of their own: they end at the id
 * that the connection authenticates.
 */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { concat } from 'uint8arrays/concat'
import { type AdmissionSession, grantsKey } from './admission.ts'
import * as limits from './limits.ts'

const tagBytes = 16
/** The length in front of the sealed grants: two bytes, big-endian. */
export const lengthBytes = 2
export const maxSealedBytes: number = limits.maxGrantsBytes + tagBytes
/** Each key seals one message. */
const onlyNonce = new Uint8Array(12)

export type Direction = 'request' | 'answer'

/** The length and the sealed grants. Undefined if one of the ends cannot be a member. */
export function sealGrants(
  session: AdmissionSession,
  direction: Direction,
  nonce: Uint8Array,
  grants: Uint8Array,
): Uint8Array | undefined {
  const key = grantsKey(session, direction, nonce)
  if (!key) return undefined
  const sealed = chacha20poly1305(key, onlyNonce).encrypt(grants)
  return concat([Uint8Array.of(sealed.length >> 8, sealed.length & 0xff), sealed])
}

/** How many bytes follow; undefined if that is no possible length. */
export function sealedLength(bytes: Uint8Array): number | undefined {
  const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  return length > tagBytes && length <= maxSealedBytes ? length : undefined
}

/** The grants. Undefined if the sender does not have the admission key, or the bytes were changed. */
export function openGrants(
  session: AdmissionSession,
  direction: Direction,
  nonce: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const key = grantsKey(session, direction, nonce)
  try {
    return key && chacha20poly1305(key, onlyNonce).decrypt(sealed)
  } catch {
    return undefined
  }
}
