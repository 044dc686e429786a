/** The state of an asynchronous operation: pending, ready with a value, or failed with an error. */
export type AsyncState<T> =
  | { readonly type: 'pending' }
  | { readonly type: 'ready'; readonly value: T }
  | { readonly type: 'failed'; readonly error: Error }

export const pending: AsyncState<never> = { type: 'pending' }

/** @param reason the thrown value; a value that is no Error is wrapped in one */
export function failed(reason: unknown): AsyncState<never> {
  return { type: 'failed', error: reason instanceof Error ? reason : new Error(String(reason)) }
}
