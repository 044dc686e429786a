import type { AnyPresence } from './any-presence.ts'
import { constantStore } from './constant-store.ts'
import { useRoom } from './use-room.ts'
import { type IsEqual, itself, useStore } from './use-store.ts'

type Own = Readonly<Partial<AnyPresence>>

const nothingShown = constantStore<Own>({})

export interface UsePresence<P extends object> {
  (): Readonly<Partial<P>>
  <T>(selector: (own: Readonly<Partial<P>>) => T, isEqual?: IsEqual<T>): T
}

/** What this member shows of itself in the room, or what is selected of it. Nothing before the room is entered. */
export const usePresence: UsePresence<AnyPresence> = <T>(
  selector: (own: Own) => T = itself,
  isEqual?: IsEqual<T>,
): T => useStore(useRoom()?.presence.own ?? nothingShown, selector, isEqual)
