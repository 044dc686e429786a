import type { Other } from '@hearsay/core'
import type { AnyPresence } from './any-presence.ts'
import { constantStore } from './constant-store.ts'
import { useRoom } from './use-room.ts'
import { type IsEqual, itself, useStore } from './use-store.ts'

type AnyOthers = readonly Other<AnyPresence>[]

const nobody = constantStore<AnyOthers>([])

export interface UseOthers<P extends object> {
  (): readonly Other<P>[]
  <T>(selector: (others: readonly Other<P>[]) => T, isEqual?: IsEqual<T>): T
}

/** Who else is in the room and what they show, ordered by id, or what is selected of it. Nobody before it is entered. */
export const useOthers: UseOthers<AnyPresence> = <T>(
  selector: (others: AnyOthers) => T = itself,
  isEqual?: IsEqual<T>,
): T => useStore(useRoom()?.presence.others ?? nobody, selector, isEqual)
