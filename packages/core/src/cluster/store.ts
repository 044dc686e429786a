/**
 * Store: one value that changes, and those who watch it.
 *
 * A snapshot is immutable and stays the same object until the value changes, so it fits
 * React's `useSyncExternalStore`, any other framework, and a MessagePort.
 */
export interface Store<T> {
  /** The value now. The same object until something changed. */
  getSnapshot(): T
  /** Calls `listener` after each change. Returns the function that ends it. */
  subscribe(listener: () => void): () => void
}

/** A store over a value that its owner keeps elsewhere. */
export interface OwnedStore<T> extends Store<T> {
  /** The value may have changed: tells those who watch, if it did. */
  refresh(): void
}

/** @param read the value now: the same object until it changes. It is asked for only when somebody looks or watches. */
export function createStore<T>(read: () => T): OwnedStore<T> {
  const listeners = new Set<() => void>()
  let told: T | undefined
  return {
    getSnapshot: read,
    subscribe(listener) {
      // A wrapper, so that subscribing the same function twice needs two undos.
      const call = () => listener()
      if (listeners.size === 0) told = read()
      listeners.add(call)
      return () => listeners.delete(call)
    },
    refresh() {
      if (listeners.size === 0) return
      const value = read()
      if (Object.is(value, told)) return
      told = value
      for (const listener of [...listeners]) listener()
    },
  }
}
