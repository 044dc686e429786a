import type { Room } from '@hearsay/core'
import type { AnyPresence } from './any-presence.ts'
import { useRoomSession } from './contexts.ts'
import { useReady } from './use-async-state.ts'

/** @typeParam None what stands for a room that is not entered */
export type UseRoom<P extends object, None> = () => Room<P> | None

/** The room, for what has no hook. Null: not entered yet. Renders for nothing that happens in it. */
export const useRoom: UseRoom<AnyPresence, null> = () => useReady(useRoomSession().source)
