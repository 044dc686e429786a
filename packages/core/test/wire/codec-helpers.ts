/** Reading the results of decoders, and building bytes that the encoders never produce. */
import type { DecodeFailure, Result } from '../../src/wire/result.ts'

/** The decoded value, or the type of the failure. */
export function outcome<T>(result: Result<T, DecodeFailure>): T | DecodeFailure['type'] {
  return result.ok ? result.value : result.failure.type
}

/** A protobuf field of wire type 2. */
export function field(number: number, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length), ...bytes])
}

export function varint(value: number): number[] {
  const bytes: number[] = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left]
    bytes.push((left % 128) | 128)
  }
}

export function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
