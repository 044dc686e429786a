import type { Room } from '@hearsay/core'
import { useRoomSession } from './contexts.ts'
import type { AnyPresence } from './room-session.ts'
import { useReady } from './use-async-state.ts'

/**
 * The type of `useRoom`.
 *
 * @typeParam None what the hook returns before the room is joined
 */
export type UseRoom<P extends object, None> = () => Room<P> | None

/**
 * The room, for everything that has no hook. Null until the room is joined. Events and changes in the room do not
 * render the component.
 */
export const useRoom: UseRoom<AnyPresence, null> = () => useReady(useRoomSession().source)
