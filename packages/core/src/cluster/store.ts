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

/** A store that its owner writes. */
export interface WritableStore<T> extends Store<T> {
  set(value: T): void
}

export function createStore<T>(initial: T): WritableStore<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    getSnapshot: () => value,
    subscribe(listener) {
      // A wrapper, so that subscribing the same function twice needs two undos.
      const call = () => listener()
      listeners.add(call)
      return () => listeners.delete(call)
    },
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
  }
}
