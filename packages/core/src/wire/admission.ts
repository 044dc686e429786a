/**
 * Admission: the handshake in which two members prove to each other that they have the admission key of one cluster.
 *
 * 1. The responder sends a challenge, which is a nonce.
 * 2. The initiator sends a request: a nonce of its own and a proof.
 * 3. The responder checks this proof. Only if it is right, the responder sends an answer: its capabilities and a proof.
 *
 * A proof is a MAC over its direction, the cluster tag, the ids of both ends as the connection authenticates them, and both
 * nonces. So a proof is worthless on any other connection, to any other peer and in the other direction. A peer that dials a
 * member learns one random number. A peer that a member dials learns one proof. With the proof, the peer can only
 * check guesses of the key.
 *
 * In a cluster with an authority, request and answer also contain the grants of their senders (sealed-grants.ts).
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { keyFromMemberId } from './member-id.ts'

export const nonceBytes = 32
const proofBytes = 32
export const requestBytes: number = nonceBytes + proofBytes
export const answerBytes: number = 1 + proofBytes

const relayBit = 1

/** One handshake. Both ends know the same session once the initiator's nonce has arrived. */
export interface AdmissionSession {
  /** The admission key. */
  readonly key: Uint8Array
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** The id of the end that opened the stream. */
  readonly initiator: string
  readonly responder: string
  /** The challenge: 32 random bytes of the responder that were never used before. */
  readonly challenge: Uint8Array
}

/** The data about itself that the responder sends, covered by its proof. */
export interface Capabilities {
  /** Whether the responder relays connections between members. */
  readonly relay: boolean
}

const none = new Uint8Array()

/**
 * The initiator's message. Undefined if one of the ends cannot be a member.
 *
 * @param nonce 32 random bytes that were never used before
 */
export function admissionRequest(session: AdmissionSession, nonce: Uint8Array): Uint8Array | undefined {
  const proof = proofOf(session, 'request', nonce, none)
  return proof && concat([nonce, proof])
}

/** The responder's answer. Undefined if the request does not prove the key. */
export function admissionAnswer(
  session: AdmissionSession,
  request: Uint8Array,
  { relay }: Capabilities,
): Uint8Array | undefined {
  const nonce = request.subarray(0, nonceBytes)
  if (!isSame(proofOf(session, 'request', nonce, none), request.subarray(nonceBytes))) return undefined
  const flags = Uint8Array.of(relay ? relayBit : 0)
  return concat([flags, proofOf(session, 'answer', nonce, flags) ?? none])
}

/** The data about the responder in the answer. Undefined if the answer does not prove the key. */
export function answeredCapabilities(
  session: AdmissionSession,
  nonce: Uint8Array,
  answer: Uint8Array,
): Capabilities | undefined {
  const flags = answer.subarray(0, 1)
  if (!isSame(proofOf(session, 'answer', nonce, flags), answer.subarray(1))) return undefined
  return { relay: ((flags[0] ?? 0) & relayBit) !== 0 }
}

/**
 * The key of one message with grants, in a cluster with an authority. The key belongs to one direction of one handshake, so no
 * two messages have the same key.
 */
export function grantsKey(
  session: AdmissionSession,
  direction: 'request' | 'answer',
  nonce: Uint8Array,
): Uint8Array | undefined {
  return proofOf(session, `${direction} grants`, nonce, none)
}

/** Undefined if an end is no member, because its id is not that of an Ed25519 key, or a nonce is too short. */
function proofOf(
  { key, cluster, initiator, responder, challenge }: AdmissionSession,
  direction: 'request' | 'answer' | 'request grants' | 'answer grants',
  nonce: Uint8Array,
  flags: Uint8Array,
): Uint8Array | undefined {
  const ends = [keyFromMemberId(initiator) ?? none, keyFromMemberId(responder) ?? none]
  const parts = [...ends, nonce, challenge]
  if (parts.some(part => part.length !== nonceBytes)) return undefined
  return hmac(sha256, key, concat([fromString(`hearsay/2 ${direction}\n`), cluster, ...parts, flags]))
}

/** Whether the bytes are equal. The comparison takes the same time, regardless of the position at which they differ. */
function isSame(expected: Uint8Array | undefined, given: Uint8Array): boolean {
  if (expected?.length !== given.length) return false
  return expected.reduce((difference, byte, at) => difference | (byte ^ (given[at] ?? 0)), 0) === 0
}
