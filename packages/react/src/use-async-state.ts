import { useSyncExternalStore } from 'react'
import { joining, type Outcome } from './async-state.ts'
import type { Source } from './resource.ts'

/** What became of it until now; on a server, and while its page comes alive, nothing. */
export function useOutcome<T>(source: Source<T>): Outcome<T> {
  return useSyncExternalStore(source.subscribe, source.getSnapshot, () => joining)
}

/** Null: not yet, or it failed. */
export function useReady<T>(source: Source<T>): T | null {
  const outcome = useOutcome(source)
  return outcome.type === 'ready' ? outcome.value : null
}

/** Waits for it. @throws to the nearest `Suspense`, or, if it fails, to the nearest error boundary */
export function useAwaited<T>(source: Source<T>): T {
  const outcome = useOutcome(source)
  if (outcome.type === 'joining') throw source.settled()
  if (outcome.type === 'failed') throw outcome.error
  return outcome.value
}
