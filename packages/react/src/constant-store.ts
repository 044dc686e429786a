import type { Store } from '@hearsay/core'

/** A store that never changes. Hooks read it before the cluster is joined, the room joined, or the config open. */
export function constantStore<T>(value: T): Store<T> {
  return { getSnapshot: () => value, subscribe: () => () => {} }
}

export const nothing: Store<null> = constantStore(null)
