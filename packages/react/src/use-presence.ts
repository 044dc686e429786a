import { constantStore } from './resource.ts'
import type { AnyPresence } from './room-session.ts'
import { useRoom } from './use-room.ts'
import { type IsEqual, itself, useStore } from './use-store.ts'

type Own = Readonly<Partial<AnyPresence>>

const noPresence = constantStore<Own>({})

/** What `usePresence` takes: nothing, or a selector. */
export interface UsePresence<P extends object> {
  (): Readonly<Partial<P>>
  <T>(selector: (own: Readonly<Partial<P>>) => T, isEqual?: IsEqual<T>): T
}

/** The presence of the local member in the room, or a selected part of it. Empty before the room is joined. */
export const usePresence: UsePresence<AnyPresence> = <T>(
  selector: (own: Own) => T = itself,
  isEqual?: IsEqual<T>,
): T => useStore(useRoom()?.presence.own ?? noPresence, selector, isEqual)
