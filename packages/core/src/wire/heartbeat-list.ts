/**
 * Beat list: beats named by the place of their member in the table, as varints, without a signature.
 *
 * Places ascend: each is told as the number of places left out before it. They mean something only between tables
 * that agree.
 */
import { decode as decodeVarint, encode as encodeVarint, encodingLength } from 'uint8-varint'
import { limits } from './limits.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'

export interface PlacedBeat {
  readonly place: number
  readonly beat: number
}

/** A part of what came to a member: beyond `since` and up to `upTo`, by the count of its arrivals. */
interface Stretch {
  readonly since: number
  readonly upTo: number
}

export interface BeatList extends Stretch {
  readonly beats: readonly PlacedBeat[]
}

/** Which beats of a list are to be handed over. */
export interface WantedBeats extends Stretch {
  readonly places: readonly number[]
}

export function encodeBeatList({ since, upTo, beats }: BeatList): Uint8Array<ArrayBuffer> {
  const gaps = gapsBetween(beats.map(({ place }) => place))
  return encodeVarints([since, upTo - since, ...beats.flatMap(({ beat }, i) => [gaps[i] ?? 0, beat])])
}

export function decodeBeatList(bytes: Uint8Array): Result<BeatList, DecodeFailure> {
  const decoded = decodeStretch(bytes)
  if (!decoded.ok) return decoded
  const { since, upTo, rest: pairs } = decoded.value
  if (pairs.length % 2 > 0) return failed('invalid', 'a place without a beat')
  const places = placesAfter(pairs.filter((_, i) => i % 2 === 0))
  if (!places) return failed('invalid', 'a place is 32 bit')
  return ok({ since, upTo, beats: places.map((place, i) => ({ place, beat: pairs[2 * i + 1] ?? 0 })) })
}

export function encodeWanted({ since, upTo, places }: WantedBeats): Uint8Array<ArrayBuffer> {
  return encodeVarints([since, upTo - since, ...gapsBetween(places)])
}

export function decodeWanted(bytes: Uint8Array): Result<WantedBeats, DecodeFailure> {
  const decoded = decodeStretch(bytes)
  if (!decoded.ok) return decoded
  const { since, upTo, rest } = decoded.value
  const places = placesAfter(rest)
  return places ? ok({ since, upTo, places }) : failed('invalid', 'a place is 32 bit')
}

/** What both begin with. */
function decodeStretch(bytes: Uint8Array): Result<Stretch & { rest: number[] }, DecodeFailure> {
  const numbers = decodeVarints(bytes)
  if (!numbers.ok) return numbers
  const [since, length, ...rest] = numbers.value
  if (since === undefined || length === undefined || !Number.isSafeInteger(since + length))
    return failed('invalid', 'beats begin with where they begin, and their length')
  return ok({ since, upTo: since + length, rest })
}

function gapsBetween(places: readonly number[]): number[] {
  return places.map((place, i) => place - (places[i - 1] ?? -1) - 1)
}

/** Undefined if one is beyond 32 bit. */
function placesAfter(gaps: readonly number[]): number[] | undefined {
  const places: number[] = []
  let next = 0
  for (const gap of gaps) {
    if (next + gap > 0xffff_ffff) return undefined
    places.push(next + gap)
    next += gap + 1
  }
  return places
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
  if (bytes.length > limits.maxBeatsBytes) return failed('too-large', `${bytes.length} bytes of beats`)
  const numbers: number[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const number = decodeVarint(bytes, offset)
    if (!Number.isSafeInteger(number)) return failed('invalid', 'beats are told in whole numbers')
    numbers.push(number)
    offset += encodingLength(number)
  }
  return ok(numbers)
}
