/** Source: a store that tells what becomes of a cluster, a room or a config, and keeps it for those who hold it. */
import type { Store } from '@hearsay/core'
import type { Outcome } from './async-state.ts'
import { constantStore } from './constant-store.ts'

export interface Source<T> extends Store<Outcome<T>> {
  /** Gets it, unless somebody did, and keeps it. Returns the undo. */
  hold(): () => void
  /** Gets it, unless somebody did, and resolves when it is no longer joining. Whoever does not hold it soon loses it. */
  settled(): Promise<void>
}

/** Of what is there already and belongs to somebody else. */
export function readySource<T>(value: T): Source<T> {
  const store = constantStore<Outcome<T>>({ type: 'ready', value })
  return { ...store, hold: () => () => {}, settled: () => Promise.resolve() }
}

/** @throws {Error} why it failed */
export async function whenReady<T>(source: Source<T>): Promise<T> {
  await source.settled()
  const outcome = source.getSnapshot()
  if (outcome.type === 'ready') return outcome.value
  throw outcome.type === 'failed' ? outcome.error : new Error('it was given back meanwhile')
}
