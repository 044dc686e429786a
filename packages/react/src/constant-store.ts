import type { Store } from '@hearsay/core'

/** Constant store: what there is to read before a cluster is joined, a room entered, a config opened. */
export function constantStore<T>(value: T): Store<T> {
  return { getSnapshot: () => value, subscribe: () => () => {} }
}

export const nothing: Store<null> = constantStore(null)
