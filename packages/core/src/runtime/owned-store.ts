/** Owned store: a store over a value that its owner stores elsewhere. */
import { checkListener } from '../api/call-options.ts'
import type { Store } from '../api/store.ts'
import { callApp } from './app-calls.ts'
import type { AppNotifications } from './app-notifications.ts'

export interface OwnedStore<T> extends Store<T> {
  /** The value may have changed. If it has, listeners are called after the step. */
  refresh(): void
  /** Whether the store has a listener. */
  readonly isWatched: boolean
}

/**
 * Creates a store.
 *
 * @param read returns the current value: the same object until it changes. Called only for readers and listeners.
 * @param watched called when the store gets its first listener, and when it has lost its last one
 */
export function createStore<T>(
  notifications: AppNotifications,
  read: () => T,
  watched: (isWatched: boolean) => void = () => {},
): OwnedStore<T> {
  /** The call of each listener, and the value with which it was last called (or subscribed). */
  const listeners = new Map<() => void, T>()
  const notify = () => {
    for (const call of [...listeners.keys()]) {
      if (!listeners.has(call)) continue
      // Read the value again for each listener, because an earlier listener may have changed it.
      const value = read()
      if (Object.is(value, listeners.get(call))) continue
      listeners.set(call, value)
      callApp(call)
    }
  }
  return {
    getSnapshot: read,
    subscribe(listener) {
      checkListener('subscribe', listener)
      // A new function for each subscription, so that a function that is subscribed twice has to be unsubscribed
      // twice.
      const call = () => listener()
      listeners.set(call, read())
      if (listeners.size === 1) watched(true)
      return () => {
        if (listeners.delete(call) && listeners.size === 0) watched(false)
      }
    },
    refresh() {
      if (listeners.size > 0) notifications.storeChanged(notify)
    },
    get isWatched() {
      return listeners.size > 0
    },
  }
}
