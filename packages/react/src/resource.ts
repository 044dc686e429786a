/** Resource: a store with the state of a cluster, a room or a config, which also counts its users. */
import type { Store } from '@hearsay/core'

export interface Resource<T> extends Store<AsyncState<T>> {
  /** Acquires the resource unless it is acquired already, and keeps it. Returns the release function. */
  retain(): () => void
  /**
   * Acquires the resource unless it is acquired already, and resolves when it is ready or has failed. A caller that does
   * not retain the resource loses it after the release delay.
   */
  whenSettled(): Promise<void>
}

/** A resource that is ready already and that the app owns: it is never released here. */
export function readyResource<T>(value: T): Resource<T> {
  const store = constantStore<AsyncState<T>>({ type: 'ready', value })
  return { ...store, retain: () => () => {}, whenSettled: () => Promise.resolve() }
}

/** @throws {Error} the reason of the failure */
export async function whenReady<T>(source: Resource<T>): Promise<T> {
  await source.whenSettled()
  const outcome = source.getSnapshot()
  if (outcome.type === 'ready') return outcome.value
  throw outcome.type === 'failed' ? outcome.error : new Error('it was released before it was ready')
}

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

/** A store that never changes. Hooks read it before the cluster is joined, the room joined, or the config open. */
export function constantStore<T>(value: T): Store<T> {
  return { getSnapshot: () => value, subscribe: () => () => {} }
}

export const nothing: Store<null> = constantStore(null)
