/** Owned store: a store over a value that its owner keeps elsewhere. */
import type { Store } from '../api/store.ts'
import { callApp } from './app-calls.ts'
import type { AppNotifications } from './app-notifications.ts'

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
