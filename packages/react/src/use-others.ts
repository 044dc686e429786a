import type { Other } from '@hearsay/core'
import { constantStore } from './resource.ts'
import type { AnyPresence } from './room-session.ts'
import { useRoom } from './use-room.ts'
import { type IsEqual, itself, useStore } from './use-store.ts'

type AnyOthers = readonly Other<AnyPresence>[]

const noOthers = constantStore<AnyOthers>([])

/** What `useOthers` takes: nothing, or a selector. */
export interface UseOthers<P extends object> {
  (): readonly Other<P>[]
  <T>(selector: (others: readonly Other<P>[]) => T, isEqual?: IsEqual<T>): T
}

/**
 * The other members in the room with their presence, ordered by id, or a selected part. Empty before the room
 * is joined.
 */
export const useOthers: UseOthers<AnyPresence> = <T>(
  selector: (others: AnyOthers) => T = itself,
  isEqual?: IsEqual<T>,
): T => useStore(useRoom()?.presence.others ?? noOthers, selector, isEqual)
