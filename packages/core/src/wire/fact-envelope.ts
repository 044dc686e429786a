/**
 * Fact envelope: the message around the payload of a signed fact: the author, the signature, and the payload in the field
 * of its kind.
 *
 * Facts about members and facts of spaces have the same envelope and differ in their kinds.
 */
import * as limits from './limits.ts'
import { keyFromMemberId, memberIdFromKey } from './member-id.ts'
import { type DecodeFailure, decodeAll, failed, ok, type Result } from './result.ts'

interface Envelope {
  readonly author: string
  /** The encoded body. The signature covers these bytes, so members relay them bit for bit. */
  readonly payload: Uint8Array
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array
}

/** The generated type of a fact's message. One field of a kind is present. */
type EnvelopeMessage<Kind extends string> = { [K in Kind]?: Uint8Array<ArrayBuffer> } & {
  author: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

/**
 * The most bytes that a message has in addition to the payload of a fact in it: the key of the author and the signature (96
 * bytes), and the tags and lengths of the four fields. A payload of less than 16 KiB has one or two bytes less for each of the
 * two lengths that include it.
 */
const maxEnvelopeBytes = 108

/** The bytes of a fact within a message: at least as many as it has when it is encoded, and at most 4 more. */
export function factBytes({ payload }: Pick<Envelope, 'payload'>): number {
  return payload.length + maxEnvelopeBytes
}

export function encodeEnvelope<Kind extends string>(
  fact: Envelope & { readonly type: Kind },
): EnvelopeMessage<Kind> {
  const author = keyFromMemberId(fact.author) ?? new Uint8Array()
  return { author, signature: fact.signature, [fact.type]: fact.payload } as EnvelopeMessage<Kind>
}

/** The facts of a list. Facts of the kinds of a later version are left out, and the others are kept. */
export function decodeFacts<M, F>(
  encoded: readonly M[],
  decode: (message: M) => Result<F | undefined, DecodeFailure>,
): Result<F[], DecodeFailure> {
  const facts = decodeAll(encoded, decode)
  return facts.ok ? ok(facts.value.filter(fact => fact !== undefined)) : facts
}

/** The decoded fact; undefined if its kind is none of `kinds`. */
export function decodeEnvelope<Body extends { readonly type: string }>(
  message: EnvelopeMessage<Body['type']>,
  kinds: readonly Body['type'][],
  decodeBody: (type: Body['type'], payload: Uint8Array) => Result<Body, DecodeFailure>,
): Result<(Body & Envelope) | undefined, DecodeFailure> {
  const author = memberIdFromKey(message.author)
  if (author === undefined) return failed('invalid', 'an author is a key of 32 bytes')
  if (message.signature.length !== 64) return failed('invalid', 'a signature has 64 bytes')
  const [type, ...others] = kinds.filter(kind => message[kind] !== undefined)
  if (others.length > 0) return failed('invalid', 'a fact has exactly one payload')
  const view = type && message[type]
  if (type === undefined || view === undefined) return ok(undefined)
  if (view.length > limits.maxPayloadBytes) return failed('too-large', `a payload of ${view.length} bytes`)
  // Copy the bytes: a subarray would keep the whole received frame in memory.
  const payload = view.slice()
  const body = decodeBody(type, payload)
  if (!body.ok) return body
  return ok({ ...body.value, author, payload, signature: message.signature.slice() })
}
