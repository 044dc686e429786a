import type { Room } from '@hearsay/core'
import type { AnyPresence } from './any-presence.ts'
import { useRoomSession } from './contexts.ts'
import { useReady } from './use-async-state.ts'

/** @typeParam None what the hook returns before the room is joined */
export type UseRoom<P extends object, None> = () => Room<P> | None

/**
 * The room, for everything that has no hook. Null until the room is joined. Events and changes in the room do not render
 * the component.
 */
export const useRoom: UseRoom<AnyPresence, null> = () => useReady(useRoomSession().source)
