/** Outcome: what became of something that is waited for. */
export type AsyncState<T> =
  | { readonly type: 'pending' }
  | { readonly type: 'ready'; readonly value: T }
  | { readonly type: 'failed'; readonly error: Error }

export const pending: AsyncState<never> = { type: 'pending' }

/** @param reason whatever was thrown */
export function failed(reason: unknown): AsyncState<never> {
  return { type: 'failed', error: reason instanceof Error ? reason : new Error(String(reason)) }
}
