/** Errors: what was thrown, as an `Error`. JavaScript code may throw any value. */

/** The value itself if it is an `Error`, or else a new `Error` with the value as its message. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
