/** Source: a store that tells what becomes of a cluster, a room or a config, and keeps it for those who hold it. */
import type { Store } from '@hearsay/core'
import type { AsyncState } from './async-state.ts'
import { constantStore } from './constant-store.ts'

export interface Resource<T> extends Store<AsyncState<T>> {
  /** Gets it, unless somebody did, and keeps it. Returns the undo. */
  retain(): () => void
  /** Gets it, unless somebody did, and resolves when it is no longer joining. Whoever does not hold it soon loses it. */
  whenSettled(): Promise<void>
}

/** Of what is there already and belongs to somebody else. */
export function readyResource<T>(value: T): Resource<T> {
  const store = constantStore<AsyncState<T>>({ type: 'ready', value })
  return { ...store, retain: () => () => {}, whenSettled: () => Promise.resolve() }
}

/** @throws {Error} why it failed */
export async function whenReady<T>(source: Resource<T>): Promise<T> {
  await source.whenSettled()
  const outcome = source.getSnapshot()
  if (outcome.type === 'ready') return outcome.value
  throw outcome.type === 'failed' ? outcome.error : new Error('it was given back meanwhile')
}
