/**
 * Store: one value that changes, and listeners that are called after each change.
 *
 * A snapshot is immutable and stays the same object until the value changes, so it fits
 * React's `useSyncExternalStore`, any other framework, and a MessagePort.
 */

/**
 * A value that changes, for an app to read and to follow.
 *
 * A listener is called after the change, when no step of the member is under way: it may call any method, also
 * `subscribe`, its own undo and `leave`. Changes of one step are one call; a listener is not called for a value that it
 * was called for, or subscribed at. A listener that throws, or whose promise rejects, is reported (`reportError` in
 * pages and workers; in Node the handlers of `uncaughtException`, or `console.error` if there are none) and changes
 * nothing else: all other listeners run.
 *
 * All stores of a member are up to date whenever a listener runs, and when a method that changes one returns. Listeners
 * of stores run before those of events. What a listener changes itself is announced when all of them have run.
 */
export interface Store<T> {
  /** The value now. The same object until something changed. */
  getSnapshot(): T
  /** Calls `listener` after each change. Returns the function that ends it, from that moment on. */
  subscribe(listener: () => void): () => void
}
