/**
 * Admission: the handshake in which two members prove to each other that they have the admission key of one cluster.
 *
 * 1. The responder sends a challenge: a nonce.
 * 2. The initiator sends a nonce of its own and a proof.
 * 3. The responder checks this proof. Only if the proof is right, the responder sends its capabilities and a proof.
 *
 * A proof is a MAC over its direction, the cluster tag, the ids of both ends as the connection authenticates them, and both
 * nonces. So a proof is worthless on any other connection, to any other peer and in the other direction. A peer that dials a
 * member learns one random number. A peer that a member dials learns one proof, which tells it only whether a guess of
 * the key is right.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { keyFromMemberId } from './member-id.ts'

export const nonceBytes = 32
const proofBytes = 32
export const challengeBytes: number = nonceBytes
export const requestBytes: number = nonceBytes + proofBytes
export const answerBytes: number = 1 + proofBytes

const relayBit = 1

export interface AdmissionOptions {
  /** The admission key. */
  readonly key: Uint8Array
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** The id of this member. */
  readonly self: string
  /** The id of the other end, as the connection authenticates it. */
  readonly peer: string
  /** 32 random bytes that were never used before. */
  readonly nonce: Uint8Array
}

/** What the responder says about itself, under its proof. */
export interface Capabilities {
  /** Whether the responder relays connections between members. */
  readonly relay: boolean
}

/** The end that opened the stream. */
export class AdmissionInitiator {
  readonly #options: AdmissionOptions
  #challenge: Uint8Array | undefined

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /** The request that answers a challenge; undefined if the challenge is malformed, or is not the first one. */
  request(challenge: Uint8Array): Uint8Array | undefined {
    if (challenge.length !== challengeBytes || this.#challenge) return undefined
    this.#challenge = challenge.slice()
    const proof = this.#proof('request', new Uint8Array())
    return proof && concat([this.#options.nonce, proof])
  }

  /** The capabilities of the responder; undefined if the responder has not proved the key. */
  capabilities(answer: Uint8Array): Capabilities | undefined {
    const flags = answer.slice(0, 1)
    const proof = answer.length === answerBytes ? this.#proof('answer', flags) : undefined
    if (!proof || !isSame(proof, answer.subarray(1))) return undefined
    return { relay: ((flags[0] ?? 0) & relayBit) !== 0 }
  }

  #proof(direction: Direction, flags: Uint8Array): Uint8Array | undefined {
    const { self, peer, nonce } = this.#options
    if (!this.#challenge) return undefined
    const ends = { initiator: self, responder: peer, initiatorNonce: nonce, responderNonce: this.#challenge }
    return proofOf(this.#options, direction, ends, flags)
  }
}

/** The end that accepted the stream. */
export class AdmissionResponder {
  readonly #options: AdmissionOptions
  readonly #capabilities: Capabilities
  #hasAnswered = false

  constructor(options: AdmissionOptions, capabilities: Capabilities) {
    this.#options = options
    this.#capabilities = capabilities
  }

  get challenge(): Uint8Array {
    return this.#options.nonce
  }

  /** The answer to a request; undefined if the initiator has not proved the key, or has sent a request before. */
  answer(request: Uint8Array): Uint8Array | undefined {
    if (request.length !== requestBytes || this.#hasAnswered) return undefined
    this.#hasAnswered = true
    const { self, peer, nonce } = this.#options
    const ends = {
      initiator: peer,
      responder: self,
      initiatorNonce: request.slice(0, nonceBytes),
      responderNonce: nonce,
    }
    const proof = proofOf(this.#options, 'request', ends, new Uint8Array())
    if (!proof || !isSame(proof, request.subarray(nonceBytes))) return undefined
    const flags = Uint8Array.of(this.#capabilities.relay ? relayBit : 0)
    const own = proofOf(this.#options, 'answer', ends, flags)
    return own && concat([flags, own])
  }
}

type Direction = 'request' | 'answer'

interface Ends {
  readonly initiator: string
  readonly responder: string
  readonly initiatorNonce: Uint8Array
  readonly responderNonce: Uint8Array
}

/** Undefined if an end is no member, because its id is not that of an Ed25519 key. */
function proofOf(
  { key, cluster }: AdmissionOptions,
  direction: Direction,
  ends: Ends,
  flags: Uint8Array,
): Uint8Array | undefined {
  const [initiator, responder] = [keyFromMemberId(ends.initiator), keyFromMemberId(ends.responder)]
  if (!initiator || !responder) return undefined
  const { initiatorNonce, responderNonce } = ends
  const label = fromString(`hearsay/2 ${direction}\n`)
  return hmac(
    sha256,
    key,
    concat([label, cluster, initiator, responder, initiatorNonce, responderNonce, flags]),
  )
}

/** Takes the same time wherever the bytes differ. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (const [at, byte] of a.entries()) difference |= byte ^ (b[at] ?? 0)
  return difference === 0
}
