/**
 * Beat list: beats named by the place of their member in the table, as varints, without a signature.
 *
 * Places ascend: each is told as the number of places left out before it. They mean something only between tables
 * that agree.
 */
import { decode as decodeVarint, encode as encodeVarint, encodingLength } from 'uint8-varint'
import { limits } from './limits.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'

export interface IndexedHeartbeat {
  readonly index: number
  readonly sequence: number
}

/** A part of what came to a member: beyond `since` and up to `upTo`, by the count of its arrivals. */
interface ArrivalRange {
  readonly since: number
  readonly upTo: number
}

export interface HeartbeatList extends ArrivalRange {
  readonly heartbeats: readonly IndexedHeartbeat[]
}

/** Which beats of a list are to be handed over. */
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

/** What both begin with. */
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

/** Undefined if one is beyond 32 bit. */
function indexesFromDeltas(deltas: readonly number[]): number[] | undefined {
  const indexes: number[] = []
  let next = 0
  for (const gap of deltas) {
    if (next + gap > 0xffff_ffff) return undefined
    indexes.push(next + gap)
    next += gap + 1
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

/** @throws on a varint that does not end. */
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
