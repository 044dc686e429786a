/**
 * Heartbeat list: heartbeats as pairs of table index and sequence number, encoded as varints, without signatures.
 *
 * Indexes ascend and are delta-encoded: each one is sent as the number of indexes skipped before it. An index is
 * meaningful only between equal tables.
 */
import { decode as decodeVarint, encode as encodeVarint, encodingLength } from 'uint8-varint'
import * as limits from './limits.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'

export interface IndexedHeartbeat {
  readonly index: number
  readonly sequence: number
}

/** A range of the heartbeats that arrived at a member, by its arrival count: after `since`, up to and including `upTo`. */
interface ArrivalRange {
  readonly since: number
  readonly upTo: number
}

export interface HeartbeatList extends ArrivalRange {
  readonly heartbeats: readonly IndexedHeartbeat[]
}

/** The heartbeats of a list that the requester wants with their signatures. */
export interface HeartbeatRequest extends ArrivalRange {
  readonly indexes: readonly number[]
}

export function encodeHeartbeatList({ since, upTo, heartbeats }: HeartbeatList): Uint8Array<ArrayBuffer> {
  const deltas = deltasOf(heartbeats.map(({ index }) => index))
  return encodeVarints([
    since,
    upTo - since,
    ...heartbeats.flatMap(({ sequence }, i) => [deltas[i] ?? 0, sequence]),
  ])
}

export function decodeHeartbeatList(bytes: Uint8Array): Result<HeartbeatList, DecodeFailure> {
  const decoded = decodeArrivalRange(bytes)
  if (!decoded.ok) return decoded
  const { since, upTo, rest: pairs } = decoded.value
  if (pairs.length % 2 > 0) return failed('invalid', 'an index without a sequence number')
  const indexes = indexesFromDeltas(pairs.filter((_, i) => i % 2 === 0))
  if (!indexes) return failed('invalid', 'an index is 32 bit')
  return ok({
    since,
    upTo,
    heartbeats: indexes.map((index, i) => ({ index, sequence: pairs[2 * i + 1] ?? 0 })),
  })
}

export function encodeHeartbeatRequest({ since, upTo, indexes }: HeartbeatRequest): Uint8Array<ArrayBuffer> {
  return encodeVarints([since, upTo - since, ...deltasOf(indexes)])
}

export function decodeHeartbeatRequest(bytes: Uint8Array): Result<HeartbeatRequest, DecodeFailure> {
  const decoded = decodeArrivalRange(bytes)
  if (!decoded.ok) return decoded
  const { since, upTo, rest } = decoded.value
  const indexes = indexesFromDeltas(rest)
  return indexes ? ok({ since, upTo, indexes }) : failed('invalid', 'an index is 32 bit')
}

/** Decodes the common start of a list and of a request. */
function decodeArrivalRange(bytes: Uint8Array): Result<ArrivalRange & { rest: number[] }, DecodeFailure> {
  const numbers = decodeVarints(bytes)
  if (!numbers.ok) return numbers
  const [since, length, ...rest] = numbers.value
  if (since === undefined || length === undefined || !Number.isSafeInteger(since + length))
    return failed('invalid', 'a list begins with its start and its length')
  return ok({ since, upTo: since + length, rest })
}

function deltasOf(indexes: readonly number[]): number[] {
  return indexes.map((index, i) => index - (indexes[i - 1] ?? -1) - 1)
}

/** The decoded indexes; undefined if an index exceeds 32 bit. */
function indexesFromDeltas(deltas: readonly number[]): number[] | undefined {
  const indexes: number[] = []
  let next = 0
  for (const delta of deltas) {
    if (next + delta > 0xffff_ffff) return undefined
    indexes.push(next + delta)
    next += delta + 1
  }
  return indexes
}

function encodeVarints(numbers: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(numbers.reduce((sum, number) => sum + encodingLength(number), 0))
  let offset = 0
  for (const number of numbers) {
    encodeVarint(number, bytes, offset)
    offset += encodingLength(number)
  }
  return bytes
}

/** @throws on a truncated varint. */
function decodeVarints(bytes: Uint8Array): Result<number[], DecodeFailure> {
  if (bytes.length > limits.maxHeartbeatListBytes)
    return failed('too-large', `${bytes.length} bytes of heartbeats`)
  const numbers: number[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const number = decodeVarint(bytes, offset)
    if (!Number.isSafeInteger(number)) return failed('invalid', 'not a whole number')
    numbers.push(number)
    offset += encodingLength(number)
  }
  return ok(numbers)
}
