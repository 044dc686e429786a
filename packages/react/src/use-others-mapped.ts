import type { Other } from '@hearsay/core'
import type { AnyPresence } from './room-session.ts'
import { useOthers } from './use-others.ts'
import type { IsEqual } from './use-store.ts'

type Mapped<T> = readonly (readonly [id: string, value: T])[]

/** The type of `useOthersMapped`: it takes a mapper and, optionally, a function that compares the mapper's results. */
export type UseOthersMapped<P extends object> = <T>(
  mapper: (other: Other<P>) => T,
  isEqual?: IsEqual<T>,
) => Mapped<T>

/**
 * One value for each other member in the room, as pairs `[id, value]`, ordered by id. The component renders when a member
 * joins or leaves the room, or when a value changes by `isEqual` (default `Object.is`).
 */
export const useOthersMapped: UseOthersMapped<AnyPresence> = <T>(
  mapper: (other: Other<AnyPresence>) => T,
  isEqual: IsEqual<T> = Object.is,
): Mapped<T> =>
  useOthers<Mapped<T>>(
    others => others.map(other => [other.id, mapper(other)]),
    (a, b) => a.length === b.length && a.every(([id, value], i) => isPair(b[i], id, value, isEqual)),
  )

function isPair<T>(pair: Mapped<T>[number] | undefined, id: string, value: T, isEqual: IsEqual<T>): boolean {
  return pair !== undefined && pair[0] === id && isEqual(value, pair[1])
}
