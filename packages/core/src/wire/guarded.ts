import { type DecodeFailure, failed, type Result } from './result.ts'

/**
 * Runs a decoder on received bytes and turns thrown errors into failures: protons throws on bytes that are not a protobuf
 * message or exceed a limit.
 */
export function guarded<T>(
  bytes: Uint8Array,
  maxBytes: number,
  decode: () => Result<T, DecodeFailure>,
): Result<T, DecodeFailure> {
  if (bytes.length > maxBytes) return failed('too-large', `${bytes.length} bytes, at most ${maxBytes}`)
  try {
    return decode()
  } catch (error) {
    return failed('malformed', error instanceof Error ? error.message : String(error))
  }
}
