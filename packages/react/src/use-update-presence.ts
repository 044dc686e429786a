import { useCallback } from 'react'
import { useRoomSession } from './contexts.ts'
import type { AnyPresence } from './room-session.ts'

/**
 * Sets the given fields, as the room's `presence.set` does, and throws what `presence.set` throws. A field set to
 * undefined is removed.
 */
export type UpdatePresence<P extends object> = (
  /** The fields to set. */
  change: {
    readonly [field in keyof P]?: P[field] | undefined
  },
) => void

/** What `useUpdatePresence` returns: always the same function. */
export type UseUpdatePresence<P extends object> = () => UpdatePresence<P>

/**
 * Returns the function that changes the presence of the local member; it always returns the same function. A call
 * renders only the components that read the presence. Changes made before the room is joined are published once it is joined.
 */
export const useUpdatePresence: UseUpdatePresence<AnyPresence> = () => {
  const session = useRoomSession()
  return useCallback(change => session.update(change), [session])
}
