import { useSyncExternalStore } from 'react'
import { type AsyncState, pending } from './async-state.ts'
import type { Resource } from './resource.ts'

/** What became of it until now; on a server, and while its page comes alive, nothing. */
export function useAsyncState<T>(source: Resource<T>): AsyncState<T> {
  return useSyncExternalStore(source.subscribe, source.getSnapshot, () => pending)
}

/** Null: not yet, or it failed. */
export function useReady<T>(source: Resource<T>): T | null {
  const outcome = useAsyncState(source)
  return outcome.type === 'ready' ? outcome.value : null
}

/** Waits for it. @throws to the nearest `Suspense`, or, if it fails, to the nearest error boundary */
export function useAwaited<T>(source: Resource<T>): T {
  const outcome = useAsyncState(source)
  if (outcome.type === 'pending') throw source.whenSettled()
  if (outcome.type === 'failed') throw outcome.error
  return outcome.value
}
