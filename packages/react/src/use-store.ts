/**
 * useStore: a part of a store's value. The component renders only when that part is another one, whatever else changes.
 */
import type { Store } from '@hearsay/core'
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'

/** Whether two selected values are the same to whoever shows them. @default Object.is */
export type IsEqual<T> = (a: T, b: T) => boolean

/** What a selector is that was not given: of whatever type its hook says. */
export const itself: (value: unknown) => never = value => value as never

/** For what may not be there, too. */
export function ifBoth<T>(isEqual: IsEqual<T> = Object.is): IsEqual<T | null | undefined> {
  return (a, b) => Object.is(a, b) || (a != null && b != null && isEqual(a, b))
}

export function useStore<S, T>(store: Store<S>, select: (value: S) => T, isEqual: IsEqual<T> = Object.is): T {
  const shown = useRef<{ readonly part: T } | undefined>(undefined)
  const read = useMemo(() => {
    let last: { readonly value: S; readonly part: T } | undefined
    return (): T => {
      const value = store.getSnapshot()
      if (last && Object.is(last.value, value)) return last.part
      const selected = select(value)
      const known = last ?? shown.current
      const part = known && isEqual(known.part, selected) ? known.part : selected
      last = { value, part }
      return part
    }
  }, [store, select, isEqual])
  const subscribe = useCallback((listener: () => void) => store.subscribe(listener), [store])
  const part = useSyncExternalStore(subscribe, read, read)
  useEffect(() => {
    shown.current = { part }
  }, [part])
  return part
}
