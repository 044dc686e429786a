/** Result: the return type of decoders, which never throw. */

export type Result<T, F> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: F }

/** Why bytes could not be decoded. The whole message is discarded. */
export interface DecodeFailure {
  /**
   * `malformed`: not our format. `too-large`: exceeds a limit of `limits.ts`. `invalid`: our format with an impossible value.
   * `unopened`: not sealed with the key of the private room.
   */
  readonly type: 'malformed' | 'too-large' | 'invalid' | 'unopened'
  readonly detail: string
}

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value }
}

export function failed(type: DecodeFailure['type'], detail: string): { ok: false; failure: DecodeFailure } {
  return { ok: false, failure: { type, detail } }
}

/** All decoded values, or the first failure. */
export function decodeAll<M, T>(
  messages: readonly M[],
  decode: (message: M) => Result<T, DecodeFailure>,
): Result<T[], DecodeFailure> {
  const values: T[] = []
  for (const message of messages) {
    const decoded = decode(message)
    if (!decoded.ok) return decoded
    values.push(decoded.value)
  }
  return ok(values)
}

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
    return failed('malformed', asError(error).message)
  }
}

/** The value itself if it is an `Error`, or else a new `Error` with the value as its message. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
