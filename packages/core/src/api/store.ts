/**
 * Store: one value that changes, and listeners that are called after each change.
 *
 * A snapshot is immutable and stays the same object until the value changes, so it fits
 * React's `useSyncExternalStore`, any other framework, and a MessagePort.
 */
import { callApp } from '../runtime/app-calls.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'

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

/** A store over a value that its owner keeps elsewhere. */
export interface OwnedStore<T> extends Store<T> {
  /** The value may have changed: if so, listeners are called after the step. */
  refresh(): void
}

/** @param read the value now: the same object until it changes. It is read only for those who look or listen. */
export function createStore<T>(notifications: AppNotifications, read: () => T): OwnedStore<T> {
  /** How each listener is called, and the value that it knows. */
  const listeners = new Map<() => void, T>()
  const notify = () => {
    for (const call of [...listeners.keys()]) {
      if (!listeners.has(call)) continue
      // Not once for all: a listener before this one may have changed it.
      const value = read()
      if (Object.is(value, listeners.get(call))) continue
      listeners.set(call, value)
      callApp(call)
    }
  }
  return {
    getSnapshot: read,
    subscribe(listener) {
      // A wrapper, so that subscribing the same function twice needs two undos.
      const call = () => listener()
      listeners.set(call, read())
      return () => void listeners.delete(call)
    },
    refresh() {
      if (listeners.size > 0) notifications.storeChanged(notify)
    },
  }
}
