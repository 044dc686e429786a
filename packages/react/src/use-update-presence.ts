import { useCallback } from 'react'
import type { AnyPresence } from './any-presence.ts'
import { useRoomSession } from './contexts.ts'

/** Changes the named fields, as the room's `presence.set` does, and throws what it throws. */
export type UpdatePresence<P extends object> = (
  change: {
    readonly [field in keyof P]?: P[field] | undefined
  },
) => void

export type UseUpdatePresence<P extends object> = () => UpdatePresence<P>

/**
 * The function that changes what this member shows of itself: always the same one, and calling it renders only those
 * who read the presence. What it is told before the room is entered counts from then on.
 */
export const useUpdatePresence: UseUpdatePresence<AnyPresence> = () => {
  const visit = useRoomSession()
  return useCallback(change => visit.update(change), [visit])
}
