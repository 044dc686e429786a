/** Outcome: what became of something that is waited for. */
export type Outcome<T> =
  | { readonly type: 'joining' }
  | { readonly type: 'ready'; readonly value: T }
  | { readonly type: 'failed'; readonly error: Error }

export const joining: Outcome<never> = { type: 'joining' }

/** @param reason whatever was thrown */
export function failed(reason: unknown): Outcome<never> {
  return { type: 'failed', error: reason instanceof Error ? reason : new Error(String(reason)) }
}
