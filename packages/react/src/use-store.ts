/** useStore: a selected part of a store's value. The component renders only when that part changes by `isEqual`. */
import type { Store } from '@hearsay/core'
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'

/** Whether two selected values are equal, so that the component need not render. @default Object.is */
export type IsEqual<T> = (a: T, b: T) => boolean

/** The default selector: returns its argument, with the type that the hook declares. */
export const itself: (value: unknown) => never = value => value as never

/** Extends a comparison function to values that may be null or undefined. */
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
