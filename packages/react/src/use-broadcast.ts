import { useCallback } from 'react'
import { useRoomSession } from './contexts.ts'

/**
 * The function that tells all others who are in the room now: always the same one. Before the room is entered nobody
 * hears it. It throws what the room's `broadcast` throws.
 */
export function useBroadcast(): (value: unknown) => void {
  const { source } = useRoomSession()
  return useCallback(
    value => {
      const outcome = source.getSnapshot()
      if (outcome.type === 'ready') outcome.value.broadcast(value)
    },
    [source],
  )
}
