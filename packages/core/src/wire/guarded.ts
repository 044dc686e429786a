import { type DecodeFailure, failed, type Result } from './result.ts'

/** Decodes received bytes. Protons throws on bytes that are not a protobuf message or exceed a limit; only this function catches that. */
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
