import { useSyncExternalStore } from 'react'
import { type AsyncState, pending, type Resource } from './resource.ts'

/** The state now. Always pending on a server and during hydration, so that both render the same. */
export function useAsyncState<T>(source: Resource<T>): AsyncState<T> {
  return useSyncExternalStore(source.subscribe, source.getSnapshot, () => pending)
}

/** Null while pending and after a failure. */
export function useReady<T>(source: Resource<T>): T | null {
  const outcome = useAsyncState(source)
  return outcome.type === 'ready' ? outcome.value : null
}

/** Suspends while pending. @throws {Error} the reason of the failure, to the nearest error boundary */
export function useAwaited<T>(source: Resource<T>): T {
  const outcome = useAsyncState(source)
  if (outcome.type === 'pending') throw source.whenSettled()
  if (outcome.type === 'failed') throw outcome.error
  return outcome.value
}
