/**
 * Query fact: a query, an answer or a broadcast in the cluster, signed by its author.
 *
 * As with facts about members, a decoded fact includes its encoded payload, which members relay bit for bit. Nothing is
 * stored: a query fact matters until the deadline of its query. Decoded facts are within the limits; their signatures are
 * not verified yet.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { byteLength, isCount } from './checks.ts'
import { decodeEnvelope } from './fact-envelope.ts'
import { type Json, parseJson } from './json.ts'
import * as limits from './limits.ts'
import { keyFromMemberId, memberIdFromKey } from './member-id.ts'
import * as messages from './query-messages.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'
import { signedBytesOf } from './signing.ts'
import { receivedText } from './text.ts'

/**
 * Why a member has no value to answer with. `no-handler`: its app does not answer queries of this name. `busy`: too many
 * queries are running there. `error`: the handler failed, or returned a value that cannot be shared.
 */
export type AnswerFailure = 'no-handler' | 'busy' | 'error'

/** A query or broadcast of an author. No author uses a number twice in a generation. */
interface Numbered {
  /** The author's incarnation when its process started. */
  readonly generation: number
  readonly number: number
  readonly name: string
  readonly value: Json
}

/** The decoded content of a query fact. */
export type QueryFactBody =
  | (Numbered & {
      readonly type: 'query'
      /** For how long the author waits, from the arrival of the query. */
      readonly timeoutMs: number
      /** The ids of the members that are asked; undefined: all members. */
      readonly to: readonly string[] | undefined
    })
  | {
      readonly type: 'answer'
      /** The id of the query. */
      readonly query: string
      readonly outcome: { readonly value: Json } | { readonly failure: AnswerFailure }
    }
  | (Numbered & { readonly type: 'broadcast' })

/** A query fact before its author signed it. */
export type QueryDraft = QueryFactBody & { readonly author: string; readonly payload: Uint8Array }

/** A query fact with its Ed25519 signature of 64 bytes. */
export type QueryFact = QueryDraft & { readonly signature: Uint8Array }

export type SignedQuery = QueryFact & { readonly type: 'query' }
export type SignedAnswer = QueryFact & { readonly type: 'answer' }
export type SignedBroadcast = QueryFact & { readonly type: 'broadcast' }

const idBytes = 16
/** By the number on the wire, which starts at 1. */
const failures: readonly AnswerFailure[] = ['no-handler', 'busy', 'error']
const kinds = { query: 6, answer: 7, broadcast: 8 } satisfies Record<QueryFactBody['type'], number>

/**
 * The id of a query: 16 bytes as 32 hexadecimal digits. The id comes from the signature, so nobody knows the id before the
 * query.
 */
export function queryId({ signature }: Pick<QueryFact, 'signature'>): string {
  return toText(sha256(signature).subarray(0, idBytes), 'base16')
}

/** `"hearsay/1" | kind, one byte: its field number in QueryFact | cluster tag, 16 bytes | payload` */
export function signedQueryBytes(
  cluster: Uint8Array,
  fact: Pick<QueryDraft, 'type' | 'payload'>,
): Uint8Array {
  return signedBytesOf(kinds[fact.type], cluster, fact.payload)
}

/** Encodes the payload of a query fact. @param author the id of the member that will sign */
export function draftQueryFact(author: string, body: QueryFactBody): QueryDraft {
  return { ...body, author, payload: encodeBody(body) }
}

function encodeBody(body: QueryFactBody): Uint8Array {
  switch (body.type) {
    case 'query': {
      const { timeoutMs, to = [] } = body
      const keys = to.flatMap(id => keyFromMemberId(id) ?? [])
      return messages.Query.encode({ ...numbered(body), timeoutMs, to: keys as Uint8Array<ArrayBuffer>[] })
    }
    case 'answer': {
      const query = fromString(body.query, 'base16')
      const { outcome } = body
      if ('value' in outcome) return messages.Answer.encode({ query, json: JSON.stringify(outcome.value) })
      return messages.Answer.encode({ query, failure: failures.indexOf(outcome.failure) + 1 })
    }
    case 'broadcast':
      return messages.Broadcast.encode(numbered(body))
  }
}

function numbered({ generation, number, name, value }: Numbered): messages.Broadcast {
  return { generation, number, name, json: JSON.stringify(value) }
}

/** The decoded fact; undefined for a kind of fact of a later version. */
export function decodeQueryFact(message: messages.QueryFact): Result<QueryFact | undefined, DecodeFailure> {
  return decodeEnvelope<QueryFactBody>(message, ['query', 'answer', 'broadcast'], decodeBody)
}

/** @throws the errors of protons on bytes that are not a protobuf message; `query-codec.ts` catches them. */
function decodeBody(type: QueryFactBody['type'], payload: Uint8Array): Result<QueryFactBody, DecodeFailure> {
  switch (type) {
    case 'query': {
      const message = messages.Query.decode(payload, { limits: { to: limits.maxQueryRecipients } })
      const body = decodeNumbered(message)
      if (!body.ok) return body
      const to = message.to.flatMap(key => memberIdFromKey(key) ?? [])
      if (to.length < message.to.length) return failed('invalid', 'a recipient is a key of 32 bytes')
      const timeoutMs = Math.min(message.timeoutMs, limits.maxQueryTimeoutMs)
      return ok({ type, ...body.value, timeoutMs, to: to.length === 0 ? undefined : to })
    }
    case 'answer':
      return decodeAnswer(messages.Answer.decode(payload))
    case 'broadcast': {
      const body = decodeNumbered(messages.Broadcast.decode(payload))
      return body.ok ? ok({ type, ...body.value }) : body
    }
  }
}

function decodeNumbered({
  generation,
  number,
  name,
  json,
}: messages.Broadcast): Result<Numbered, DecodeFailure> {
  if (!isCount(generation) || !isCount(number)) return failed('invalid', 'a query has whole numbers ≥ 0')
  if (byteLength(name) > limits.maxQueryNameBytes)
    return failed('too-large', `a name over ${limits.maxQueryNameBytes} bytes`)
  const value = decodeValue(json)
  return value.ok ? ok({ generation, number, name: receivedText(name), value: value.value }) : value
}

function decodeAnswer({ query, json, failure }: messages.Answer): Result<QueryFactBody, DecodeFailure> {
  if (query.length !== idBytes) return failed('invalid', `an answer names its query by ${idBytes} bytes`)
  if ((json === undefined) === (failure === undefined))
    return failed('invalid', 'an answer has either a value or a failure')
  const body = { type: 'answer', query: toText(query, 'base16') } as const
  // A failure of a later version is an error to this one.
  if (json === undefined)
    return ok({ ...body, outcome: { failure: failures[(failure ?? 0) - 1] ?? 'error' } })
  const value = decodeValue(json)
  return value.ok ? ok({ ...body, outcome: { value: value.value } }) : value
}

function decodeValue(json: string): Result<Json, DecodeFailure> {
  if (byteLength(json) > limits.maxQueryBytes)
    return failed('too-large', `a value over ${limits.maxQueryBytes} bytes`)
  const value = parseJson(json)
  return value === undefined ? failed('invalid', 'a value is JSON') : ok(value)
}
