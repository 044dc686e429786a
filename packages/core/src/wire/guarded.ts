import { type DecodeFailure, failed, type Result } from './result.ts'

/** The one place where foreign bytes may throw: protons does on what is no protobuf, or over a limit. */
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
