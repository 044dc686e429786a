/**
 * Store: one value that changes, and listeners that are called after each change.
 *
 * A snapshot is immutable and stays the same object until the value changes, so it fits
 * React's `useSyncExternalStore`, any other framework, and a MessagePort. Both functions work without their store.
 */

/**
 * A value that an app reads and follows.
 *
 * Listeners run synchronously at the end of the member's step that changed the value, never in the middle of a step.
 * A listener may therefore call any method, including `subscribe`, its own unsubscribe function and `leave`.
 *
 * - Several changes in one step cause one call. `subscribe` does not call the listener with the current value. A listener
 *   is not called twice for the same value.
 * - All stores of a member are up to date whenever a listener runs, and when a method that changes a store returns.
 *   Listeners of stores run first, then listeners of events.
 * - A change that a listener makes is announced after all listeners of the current round have run.
 * - A listener that throws, or whose promise rejects, is reported and changes nothing else: all other listeners run. The
 *   report goes to `reportError` in pages and workers; in Node to the handlers of `uncaughtException`, or to
 *   `console.error` if there are none.
 */
export interface Store<T> {
  /** Returns the current value: the same object until the value changes. */
  getSnapshot(): T
  /**
   * Calls `listener` without arguments after each change; read the value with `getSnapshot()`. Returns a function that
   * unsubscribes: after a call of that function, the listener is not called again. A listener that is subscribed twice is
   * called twice, and each subscription has its own unsubscribe function.
   */
  subscribe(listener: () => void): () => void
}
