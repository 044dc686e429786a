/** Result: what a reader of foreign bytes returns. It never throws. */
export type Result<T, F> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: F }

/** Why bytes were not understood. Nothing of them was kept. */
export interface DecodeFailure {
  /** `malformed`: not our format. `too-large`: beyond a limit of `limits.ts`. `invalid`: our format, an impossible value. */
  readonly type: 'malformed' | 'too-large' | 'invalid'
  readonly detail: string
}

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value }
}

export function failed(type: DecodeFailure['type'], detail: string): { ok: false; failure: DecodeFailure } {
  return { ok: false, failure: { type, detail } }
}
